# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The folder in which a missing one would be made."""

from __future__ import annotations

import pathlib

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import folders


@pytest.mark.parametrize(("path", "parent"), [("/a/b", "/a"), ("/a", "/a"), ("/x/y/z", "/"), ("/", "/")])
def test_existing_parent(tmp_path: pathlib.Path, path: str, parent: str) -> None:
    """Breaks when the wrong folder is tried, or the way up does not end."""
    (tmp_path / "a").mkdir()
    assert folders.existing_parent(InspectedHost(lambda _argv: Result(0, "", ""), str(tmp_path)), path) == parent
