# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fields that a version has."""

from __future__ import annotations

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.fields import field, fields_of

ROWS = (
    field("always", "int"),
    field("since20", "bool?", 20),
    field("until19", "string", last=19),
    field("patched", "string", (20, 5)),
    field("one", "string", 20, 20, written=True),
)


@pytest.mark.parametrize(
    ("version", "paths"),
    [
        ((12, 0), ["always", "until19"]),
        ((19, 99), ["always", "until19"]),
        ((20, 0), ["always", "since20", "one"]),
        ((20, 4), ["always", "since20", "one"]),
        ((20, 5), ["always", "since20", "patched", "one"]),
        ((21, 0), ["always", "since20", "patched"]),
        ((60, 0), ["always", "since20", "patched"]),
    ],
)
def test_the_range_of_a_field(version: tuple[int, int], paths: list[str]) -> None:
    """Breaks configurations of the first or last minor of a field, or of one that came with a patch."""
    assert list(fields_of(ROWS, version)) == paths


def test_pointers() -> None:
    """Breaks an explicit zero, which Go tells from what is not set only with a pointer."""
    found = fields_of(ROWS, (20, 5))
    assert (found["since20"].is_pointer, found["since20"].plain_kind) == (True, "bool")
    assert (found["always"].is_pointer, found["always"].plain_kind) == (False, "int")
    assert (found["one"].written, found["always"].written) == (True, False)
