# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Objects as YAML that people read, as kubectl shows them: a document inside of another one stands there line by line.

It is written with nothing but Python's standard library, as a host has no PyYAML.
"""

from __future__ import annotations

import json
import re
import typing as t

# What is a text in every version of YAML as it stands. Other texts are written as JSON writes them.
_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9./_-]*(?: [A-Za-z0-9./_-]+)*\Z")
_NO_TEXT = re.compile(r"(?:y|yes|n|no|on|off|true|false|null)\Z", re.IGNORECASE)
# A block takes no line that begins it with a blank, and no character that a terminal would obey.
_BLOCK = re.compile(r"(?! )[^\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff\r]*\Z")
# How JSON writes a character beyond the first 65536, and YAML does not.
_PAIR = re.compile(r"\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}")
_STEP = "  "


def _scalar(value: t.Any) -> str:
    if isinstance(value, str) and _PLAIN.match(value) and not _NO_TEXT.match(value):
        return value
    return _PAIR.sub(_in_yaml, json.dumps(value))


def _in_yaml(pair: re.Match[str]) -> str:
    return f"\\U{ord(json.loads(chr(34) + pair.group() + chr(34))):08X}"


def _block(text: str, indent: str) -> list[str] | None:
    """A text of several lines as a literal block, with what stands behind the key first; None where it cannot be one."""
    body = text.rstrip("\n")
    if "\n" not in text or not body or "\t" in text or not _BLOCK.match(text) or text.startswith("\n"):
        return None
    ends = len(text) - len(body)
    rows = [indent + row if row else "" for row in body.split("\n")]
    return ["|" + {0: "-", 1: ""}.get(ends, "+"), *rows, *[""] * max(0, ends - 1)]


def _value(value: t.Any, indent: str) -> list[str]:
    """What stands behind a key or a dash, and the lines below it."""
    if isinstance(value, (dict, list)) and value:
        return ["", *_lines(value, indent)]
    block = _block(value, indent) if isinstance(value, str) else None
    return block if block is not None else [_scalar(value)]


def _entry(lead: str, value: t.Any, indent: str) -> list[str]:
    first, *rest = _value(value, indent)
    return [f"{lead} {first}" if first else lead, *rest]


def _lines(value: t.Any, indent: str) -> list[str]:
    found: list[str] = []
    if isinstance(value, dict):
        for key in sorted(value):
            found += _entry(f"{indent}{_scalar(key)}:", value[key], indent + _STEP)
        return found
    for item in value:
        if isinstance(item, (dict, list)) and item:
            first, *rest = _lines(item, indent + _STEP)
            found += [f"{indent}- {first[len(indent + _STEP) :]}", *rest]
        else:
            found += _entry(f"{indent}-", item, indent + _STEP)
    return found


def legible(value: t.Mapping[str, t.Any]) -> str:
    """An object of JSON as YAML, its keys in order. It means the same."""
    return "\n".join(_lines(value, "") or ["{}"]) + "\n"


__all__ = ("legible",)
