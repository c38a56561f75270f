# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of the API's types."""

from __future__ import annotations

import generate_api_types
import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.api_types import ROOTS, types_of
from facts.ranges import MINORS


def test_the_table_is_what_upstreams_documents_make() -> None:
    """Breaks a table that was edited by hand, or is older than the documents: tests/generate_api_types.py makes it."""
    assert generate_api_types.FILE.read_text(encoding="utf-8") == generate_api_types.text()


@pytest.mark.parametrize("minor", MINORS)
def test_every_type_that_is_named_is_there(minor: int) -> None:
    """Breaks a patch with a traceback, or lets everything pass below a type that is not there."""
    types = types_of(minor)
    named = {kind.rpartition(":")[2] for fields in types.values() for kind in fields.values()}
    assert {name for name in named if "." in name} - set(types) <= {"core.v1.EmptyDirVolumeSource"}
    assert set(ROOTS.values()) <= set(types)


@pytest.mark.parametrize(
    ("type_", "field", "first", "last"),
    [
        ("core.v1.Container", "startupProbe", 16, 37),
        ("core.v1.PodSpec", "ephemeralContainers", 16, 37),
        ("core.v1.PodSpec", "hostUsers", 25, 37),
        ("core.v1.Handler", "tcpSocket", 12, 22),
        ("core.v1.Container", "image", 12, 37),
    ],
)
def test_since_when_there_are_fields(type_: str, field: str, first: int, last: int) -> None:
    """Breaks patches with a field that only later or earlier minors have."""
    assert [minor for minor in MINORS if field in types_of(minor).get(type_, {})] == list(range(first, last + 1))
