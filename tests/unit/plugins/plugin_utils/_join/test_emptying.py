# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a node has to be emptied of its pods before a change of its kubelet."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.kubelet_settings import (
    CONFIGURATION,
    FLAGS,
    settings,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._join.emptying import emptied, empties
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import phase_files

MakeConfig = t.Callable[..., Config]
STATIC = {"cpuManagerPolicy": "static", "kubeReserved": {"cpu": "100m"}}


def _has(config: Config) -> dict[str, str]:
    files = {file.path: file.content for file in phase_files("kubelet_start", config)}
    return settings(files[CONFIGURATION], files[FLAGS])


@pytest.mark.parametrize("version", [f"1.{minor}.0" for minor in range(12, 38)])
def test_what_changes(make_config: MakeConfig, version: str) -> None:
    """Breaks a roll in some minor: pods are evicted for a change that they do not feel; or not for one that they do."""
    before = make_config(version)
    assert empties(before, _has(before)) == []
    assert empties(make_config(version, kubelet_configuration={"maxPods": 99}), _has(before)) == []
    changed = make_config(version, kubelet_configuration=STATIC)
    assert empties(changed, _has(before)) == ["cpuManagerPolicy from none to static"]
    assert empties(changed, _has(changed)) == []
    # There is no kubelet yet; and one that says nothing that is understood.
    assert empties(changed, None) == []
    assert empties(changed, {}) is None


@pytest.mark.parametrize("version", ["1.12.0", "1.14.0", "1.15.0", "1.24.0", "1.37.0"])
def test_another_runtime(make_config: MakeConfig, version: str) -> None:
    """Breaks the pods of the old runtime: nobody ends them, and their addresses and disks stay taken."""
    before = make_config(version, cri_socket="unix:///run/containerd/containerd.sock")
    after = make_config(version, cri_socket="unix:///var/run/crio/crio.sock")
    found = empties(after, _has(before))
    assert "containerRuntimeEndpoint from /run/containerd/containerd.sock to /run/crio/crio.sock" in (found or [])


def test_what_is_told(make_config: MakeConfig) -> None:
    """Breaks a change beneath pods of which nobody is told."""
    config, warnings = make_config("1.37.0"), t.cast("list[str]", [])
    assert emptied(config, {}, {"emptied": [config.node_name]}, warnings) == {"empties": [], "emptied": True}
    assert len(warnings) == 1
    assert emptied(config, None, {}, warnings) == {"empties": [], "emptied": False}
    assert len(warnings) == 1
