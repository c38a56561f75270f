# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The lines in which two texts differ."""

from __future__ import annotations

import difflib
import itertools
import re

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._difference.field import (
    ABSENT,
    SECRET_NAME,
    Field,
    fingerprint,
)

# Above it a comparison takes longer than anybody waits for it.
_MOST_LINES = 4000
_SECRET_LINE = re.compile(rf"(?i)(?:{SECRET_NAME}|key-data)[\"']?\s*[:=]")


def line_fields(name: str, before: str, after: str) -> list[Field]:
    """Each line that differs, by its number: of the new text, or of the old one where the line goes.

    name: of the text, empty where it is the whole. What holds certificates or keys, or is very long, is one field.
    """
    old, new = before.splitlines(), after.splitlines()
    if "-----BEGIN " in before + after or len(old) + len(new) > _MOST_LINES or old == new:
        return [Field(name or "text", fingerprint(before), fingerprint(after))]
    found = []
    for tag, start, end, new_start, new_end in difflib.SequenceMatcher(None, old, new, False).get_opcodes():
        if tag == "equal":
            continue
        pairs = itertools.zip_longest(range(start, end), range(new_start, new_end))
        for gone, come in pairs:
            number = come if come is not None else gone
            place = f"{name} line {number + 1}".lstrip()
            is_, becomes = ABSENT if gone is None else old[gone], ABSENT if come is None else new[come]
            if any(isinstance(line, str) and _SECRET_LINE.search(line) for line in (is_, becomes)):
                is_, becomes = (fingerprint(line) if isinstance(line, str) else line for line in (is_, becomes))
            found.append(Field(place, is_, becomes))
    return found


__all__ = ("line_fields",)
