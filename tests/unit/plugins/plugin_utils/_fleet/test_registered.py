# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why nothing is known of a host."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.registered import (
    Absence,
    absence,
    kubernetes_version,
)

GOOD: dict[str, t.Any] = {"resolved": {"ClusterConfiguration": {"kubernetesVersion": "v1.31.0"}}}
GONE = {"unreachable": True, "msg": "timed out"}


@pytest.mark.parametrize(
    ("config", "result", "expected"),
    [
        (GOOD, {"checks": []}, None),
        (GONE, {}, Absence(True, "timed out")),
        (GOOD, GONE, Absence(True, "timed out")),
        ({"failed": True, "msg": "wrong"}, GONE, Absence(True, "timed out")),
        ({"failed": True, "msg": "wrong"}, {"skipped": True}, Absence(False, "wrong")),
        (GOOD, {"failed": True, "msg": "a", "module_stderr": "b", "module_stdout": "a"}, Absence(False, "a\nb")),
        ({}, {}, Absence(False, "no cause was given")),
    ],
)
def test_absence(config: dict[str, t.Any], result: dict[str, t.Any], expected: Absence | None) -> None:
    """Breaks the cause that is told of a host without an outcome, or takes one out of reach for an invalid one."""
    assert absence([(config, "resolved"), (result, "checks")]) == expected


@pytest.mark.parametrize(("config", "version"), [(GOOD, "v1.31.0"), ({"failed": True}, ""), ({}, "")])
def test_version(config: dict[str, t.Any], version: str) -> None:
    """Breaks the report of a host whose input is wrong."""
    assert kubernetes_version(config) == version
