# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Whether a value can be looked at and written at all, before anybody asks what it means.

Text that no file, argument or environment can hold, values of YAML that JSON has not, and values without an end are refused here
for variables, documents and patches alike.
"""

from __future__ import annotations

import datetime
import math
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import Fault
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.printable import line

# The deepest field of a Pod lies 12 levels deep, and the largest inventory is far below the number.
DEEPEST = 60
MOST_VALUES = 100_000
_MOST_FAULTS = 20
# Numbers of more digits than any field has; Python refuses to print those of thousands.
LARGEST_NUMBER = 10**40
_LONGEST_KEY = 60


class WrittenInteger(int):
    """A number that was written in decimal digits, as it prints; see C(yaml_loader)."""


class WrittenNumber(str):
    """A number that was not written in decimal digits (0644, 0x1f, 1:30): text to whoever wants text.

    number: what YAML 1.1 makes of it.
    """

    number: int

    def __new__(cls, text: str, number: int) -> WrittenNumber:
        """text: as it was written."""
        made = super().__new__(cls, text)
        made.number = number
        return made

    def __reduce__(self) -> tuple[type[WrittenNumber], tuple[str, int]]:
        """What a copy is made of."""
        return WrittenNumber, (str(self), self.number)


def as_written(value: t.Any) -> t.Any:
    """A value of a file that was read here, with its whole numbers as what they were written as."""
    if isinstance(value, dict):
        return {key: as_written(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_written(item) for item in value]
    return WrittenInteger(value) if isinstance(value, int) and not isinstance(value, bool) else value


def impossible_character(text: str) -> str | None:
    """The first character that no text can have which a program is given, as C(U+0000), or None.

    That is NUL, which ends an argument or an environment variable (execve(2)), halves of pairs, which UTF-8 cannot write (RFC
    3629), and what Unicode keeps out of texts (noncharacters), for which systemd drops a whole file.
    """
    # Nearly every text is plain.
    if text.isascii():
        return "U+0000" if "\0" in text else None
    for character in text:
        number = ord(character)
        noncharacter = number & 0xFFFE == 0xFFFE or 0xFDD0 <= number <= 0xFDEF
        if number == 0 or 0xD800 <= number <= 0xDFFF or noncharacter:
            return f"U+{number:04X}"
    return None


def _shown_key(key: t.Any) -> str:
    if isinstance(key, int) and abs(key) > LARGEST_NUMBER:
        return "a number of very many digits"
    return line(str(key)[:_LONGEST_KEY])


def _value_fault(path: str, value: t.Any) -> Fault | None:
    if isinstance(value, WrittenNumber) and abs(value.number) > LARGEST_NUMBER:
        value = value.number
    if isinstance(value, str):
        character = impossible_character(value)
        if character is not None:
            return Fault(path, f"the character {character}", "text that a program can be given", "Take it out.")
    elif isinstance(value, (datetime.date, datetime.time)):
        return Fault(path, f"a date or time ({value.isoformat()})", "text or a number", "Quote it.")
    elif isinstance(value, (bytes, bytearray, set)):
        return Fault(path, f"a value of type {type(value).__name__}", "what JSON has", "Write it as text or a list.")
    elif isinstance(value, int) and abs(value) > LARGEST_NUMBER:
        # Python prints no number of more than 4300 digits (since 3.11).
        return Fault(path, "a number of very many digits", "a number that some field can hold", "Give a smaller one.")
    elif isinstance(value, float) and not math.isfinite(value):
        return Fault(path, f"the number {value}", "a number", "Quote it where text is meant.")
    return None


def faults(path: str, value: t.Any) -> list[Fault]:
    """What keeps a value from being looked at; its path is named, and no text of it is shown: it may be secret."""
    found: list[Fault] = []
    left, seen = [(path, value, 0)], 0
    while left and len(found) < _MOST_FAULTS:
        at, item, depth = left.pop()
        seen += 1
        if seen > MOST_VALUES:
            # What is referred to several times (aliases) counts each time, as it would be written.
            wanted = f"{MOST_VALUES} at most, what is repeated by an alias counted each time"
            return [*found, Fault(path, "too many values", wanted, "Make it smaller.")]
        if depth > DEEPEST:
            found.append(Fault(path, "values that are nested too deep", f"{DEEPEST} levels", "Make it flatter."))
            break
        fault = _value_fault(at, item)
        if fault is not None:
            found.append(fault)
        elif isinstance(item, dict):
            for key, element in item.items():
                below = f"{at}.{_shown_key(key)}"
                wrong = _value_fault(below, key)
                if wrong is not None:
                    found.append(wrong._replace(found=f"in the key, {wrong.found}"))
                left.append((below, element, depth + 1))
        elif isinstance(item, (list, tuple)):
            left += [("%s[%d]" % (at, index), element, depth + 1) for index, element in enumerate(item)]
    return found


__all__ = (
    "DEEPEST",
    "LARGEST_NUMBER",
    "MOST_VALUES",
    "WrittenInteger",
    "WrittenNumber",
    "as_written",
    "faults",
    "impossible_character",
)
