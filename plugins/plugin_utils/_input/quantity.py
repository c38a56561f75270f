# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Quantities as the API has them (C(500m), C(2Gi)): their values, and the form in which Go writes them.

Source: the package resource of k8s.io/apimachinery 0.37.2 (ParseQuantity, CanonicalizeBytes).
"""

from __future__ import annotations

import fractions
import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.soundness import WrittenNumber

_FORM = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>[0-9]{0,60})(?P<point>\.?)(?P<part>[0-9]{0,60})"
    r"(?P<suffix>[numkMGTPE]?|[KMGTPE]i|[eE][+-]?[0-9]{1,3})\Z"
)
_TENS = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_TENS_NAMES = {exponent: name for name, exponent in _TENS.items()}
_TWOS = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_TWOS_NAMES = {exponent: name for name, exponent in _TWOS.items()}
_MOST = 2**63 - 1
# With more digits Go leaves its quick way, on which it keeps what was written.
_QUICK_DIGITS = 18


class Quantity(t.NamedTuple):
    """value: exact. text: as Go writes it."""

    value: fractions.Fraction
    text: str


class _Parts(t.NamedTuple):
    sign: int
    whole: str
    part: str
    suffix: str


def _exponent(suffix: str) -> tuple[int, int, str]:
    """base, exponent and the family of a suffix: C(binary), C(decimal) or C(exponent)."""
    if suffix in _TWOS:
        return 2, _TWOS[suffix], "binary"
    if suffix in _TENS:
        return 10, _TENS[suffix], "decimal"
    return 10, int(suffix[1:]), "exponent"


def _is_kept(parts: _Parts, exponent: int, family: str) -> bool:
    """Whether Go keeps what was written, because its quick way takes it for canonical already."""
    digits = parts.whole + parts.part
    number = int(digits)
    if family == "binary":
        if parts.part or 15 - len(parts.whole) - int(exponent * 3 / 10) - 1 < 0 or number << exponent > _MOST:
            return False
        return number & 7 != 0
    scale = exponent - len(parts.part)
    if len(digits) > _QUICK_DIGITS or scale < -9:
        return False
    return scale % 3 == 0 and not digits.endswith("000") and digits[0] != "0"


def _decimal_text(value: fractions.Fraction, family: str) -> str | None:
    """In powers of 1000; None where no suffix is large enough."""
    number, exponent = value * 10**9, -9
    whole = int(number)
    while whole and whole % 10 == 0:
        whole //= 10
        exponent += 1
    while exponent % 3:
        whole *= 10
        exponent -= 1
    if family == "exponent":
        return f"{whole}e{exponent}" if exponent else str(whole)
    return f"{whole}{_TENS_NAMES[exponent]}" if exponent in _TENS_NAMES else None


def _binary_text(value: int) -> str:
    exponent = 0
    while value and value % 1024 == 0 and exponent < 60:
        value //= 1024
        exponent += 10
    return f"{value}{_TWOS_NAMES.get(exponent, '')}"


def _rounded(value: fractions.Fraction) -> fractions.Fraction:
    """Up to billionths, away from zero: who asks for something gets something."""
    number = abs(value) * 10**9
    whole = -(-number.numerator // number.denominator)
    return fractions.Fraction(whole if value > 0 else -whole, 10**9)


def parse(text: str) -> Quantity:
    """Raises KubewrightError for text that is no quantity."""
    match = _FORM.match(text)
    if match is None or not match["whole"] + match["part"]:
        raise KubewrightError(f"{text[:40]!r} is not a quantity like 500m or 2Gi")
    whole = match["whole"].lstrip("0") or "0"
    parts = _Parts(-1 if match["sign"] == "-" else 1, whole, match["part"], match["suffix"])
    base, exponent, family = _exponent(parts.suffix)
    digits = fractions.Fraction(int(parts.whole + parts.part), 10 ** len(parts.part))
    value = _rounded(parts.sign * digits * fractions.Fraction(base) ** exponent)
    if value == 0:
        return Quantity(value, "0")
    if _is_kept(parts, exponent, family):
        return Quantity(value, text)
    if family == "binary":
        value = max(min(value, fractions.Fraction(_MOST)), fractions.Fraction(-_MOST))
        if abs(value) >= 1024 and value.denominator == 1:
            return Quantity(value, _binary_text(int(value)))
    return Quantity(value, _decimal_text(value, "decimal" if family == "binary" else family) or text)


def from_json(value: t.Any) -> Quantity:
    """A number or a text, as JSON and YAML have them. Raises KubewrightError for anything else."""
    if isinstance(value, WrittenNumber):
        value = value.number
    if isinstance(value, float):
        # As JSON writes it.
        value = repr(value).replace("e+", "e")
        value = value[:-2] if value.endswith(".0") else value
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise KubewrightError("it is no quantity like 500m or 2Gi")
    return parse(str(value).strip())


__all__ = ("Quantity", "from_json", "parse")
