# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""FileExisting-*: which commands a minor wants, and how much."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import commands
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import Check

MakeConfig = t.Callable[..., Config]


CONTAINERD, DOCKER = {"cri_socket": "/run/containerd/containerd.sock"}, {"cri_socket": "/var/run/dockershim.sock"}


@pytest.mark.parametrize("version", ["1.12.0", "1.20.0", "1.33.0", "1.37.0"])
@pytest.mark.parametrize("variables", [CONTAINERD, DOCKER])
def test_what_is_asked_is_what_is_checked(make_config: MakeConfig, version: str, variables: dict[str, str]) -> None:
    """Breaks with a traceback where a command is checked that nobody has looked for, or one has no package in its cure."""
    if variables is DOCKER and version >= "1.24":
        variables = {"cri_socket": "/run/cri-dockerd.sock"}
    config = make_config(version, **variables)
    names = commands.question(config)["names"]
    missing = commands.check(config, {"paths": dict.fromkeys(names)})
    assert [item.name for item in missing] == [f"FileExisting-{name}" for name in names]
    assert not any(item.passed for item in missing)
    there = commands.check(config, {"paths": {name: f"/bin/{name}" for name in names}})
    assert [(item.passed, item.found) for item in there] == [(True, f"/bin/{name}") for name in names]


def _severities(checks: list[Check]) -> dict[str, str]:
    return {item.name.removeprefix("FileExisting-"): item.severity for item in checks}


def test_who_needs_crictl(make_config: MakeConfig) -> None:
    """Breaks runs without crictl, which this collection has no use for: a warning, and none at all with Docker."""
    for variables, severity in ((CONTAINERD, "warning"), (DOCKER, None)):
        config = make_config("1.20.0", **variables)
        checks = commands.check(config, {"paths": dict.fromkeys(commands.question(config)["names"])})
        assert _severities(checks).get("crictl") == severity


def test_how_much_a_command_is_needed(make_config: MakeConfig) -> None:
    """K2: breaks hosts that kubeadm would warn about, or lets those pass whose kubelet does not mount."""
    config = make_config("1.20.0")
    found = _severities(commands.check(config, {"paths": dict.fromkeys(commands.question(config)["names"])}))
    assert {found[name] for name in ("ip", "iptables", "mount", "nsenter")} == {"error"}
    assert {found[name] for name in ("ebtables", "ethtool", "tc", "touch")} == {"warning"}
