# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looks at what a run of ansible-playbook printed as a person would.

    python look.py [--only] LOG [TEXT...]

Fails where ansible-core complains of the collection, where a warning is shown twice, and where one of the texts does not
stand in exactly one warning. With --only there are no other warnings.
"""

from __future__ import annotations

import argparse
import collections
import pathlib
import re
import typing as t

COMPLAINTS = ("Callback dispatch", "[DEPRECATION", "Traceback (most recent call last)", "AnsibleUndefined", "[ERROR]")
# Some versions of ansible-core wrap warnings. What follows one begins with a word of the output, or a blank line.
_WARNING = re.compile(
    r"^\[WARNING\]: (.*?)(?=\n\n|\n\[|\n(?:ok|changed|failed|fatal|skipping|included|TASK|PLAY|<)\b|\Z)", re.M | re.S
)


def warnings(output: str) -> list[str]:
    """The warnings in one line each; a word that was broken at a hyphen is whole again."""
    found = (match.group(1) for match in _WARNING.finditer(output))
    return [" ".join(re.sub(r"-\n", "-", text).split()) for text in found]


def faults(output: str, texts: t.Sequence[str], only: bool) -> list[str]:
    """What a person would stumble over."""
    shown = warnings(output)
    wrong = [f"{text!r} is in the output" for text in COMPLAINTS if text in output]
    wrong += [f"shown {count} times: {text}" for text, count in collections.Counter(shown).items() if count > 1]
    for text in texts:
        count = sum(text in warning for warning in shown)
        if count != 1:
            wrong.append(f"in {count} warnings, not in one: {text}")
    if only:
        wrong += [f"not expected: {warning}" for warning in shown if not any(text in warning for text in texts)]
    return wrong


def main() -> int:
    """0 where all is well."""
    parser = argparse.ArgumentParser(description="Looks at what a run of ansible-playbook printed.")
    parser.add_argument("--only", action="store_true")
    parser.add_argument("log", type=pathlib.Path)
    parser.add_argument("texts", nargs="*")
    given = parser.parse_args()
    wrong = faults(given.log.read_text(encoding="utf-8"), given.texts, given.only)
    for text in wrong:
        print(f"{given.log.name}: {text}")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
