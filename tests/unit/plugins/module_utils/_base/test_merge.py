# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Merging of nested values."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.merge import merged


def test_mappings_merge_and_everything_else_is_replaced() -> None:
    """Breaks when a user's list is mixed with the default's, or a nested default is lost."""
    base = {"a": {"x": 1, "y": 2}, "list": [1, 2], "kept": True}
    assert merged(base, {"a": {"y": 3}, "list": [9], "new": None}) == {
        "a": {"x": 1, "y": 3},
        "list": [9],
        "kept": True,
        "new": None,
    }


def test_the_inputs_stay_as_they_are() -> None:
    """Breaks when the shared defaults of the release table change for the next host."""
    base, over = {"a": {"x": [1]}}, {"b": {"y": [2]}}
    result = merged(base, over)
    result["a"]["x"].append(5)
    result["b"]["y"].append(5)
    assert (base, over) == ({"a": {"x": [1]}}, {"b": {"y": [2]}})
