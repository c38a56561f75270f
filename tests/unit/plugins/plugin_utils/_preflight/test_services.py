# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What systemd says of the services."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import services

MakeConfig = t.Callable[..., Config]
DOCKER = {"cri_socket": "/var/run/dockershim.sock"}
CONTAINERD = {"cri_socket": "/run/containerd/containerd.sock"}


def _unit(load: str = "loaded", file: str = "enabled", active: str = "active") -> dict[str, str]:
    return {"LoadState": load, "UnitFileState": file, "ActiveState": active}


ABSENT = _unit("not-found", "", "inactive")


def _facts(**units: dict[str, str]) -> dict[str, t.Any]:
    names = ("kubelet", "docker", "containerd", "crio", "cri_docker", "firewalld")
    return {"units": {name.replace("_", "-"): units.get(name, ABSENT) for name in names}}


@pytest.mark.parametrize(
    ("unit", "severity"),
    [
        (_unit(), None),
        (_unit(active="inactive"), None),
        (_unit(file="static"), None),
        (_unit(file="disabled"), "warning"),
        (_unit(file="masked-runtime"), "warning"),
        (_unit(load="masked", file="masked"), "error"),
        (ABSENT, "warning"),
        (None, "warning"),
    ],
)
def test_kubelet(make_config: MakeConfig, unit: dict[str, str] | None, severity: str | None) -> None:
    """K2: breaks when a kubelet that does not start at boot passes, or one that can never run is only a warning."""
    facts = {"units": None} if unit is None else _facts(kubelet=unit)
    failed = [check for check in services.kubelet(make_config("1.31.0"), facts) if not check.passed]
    assert [(check.name, check.severity) for check in failed] == ([("Service-Kubelet", severity)] if severity else [])


def test_a_kubelet_that_is_told_to_have_no_cluster(make_config: MakeConfig) -> None:
    """Breaks a host that had a member of an external etcd: it joins, and its kubelet never logs in, and nobody says why."""
    facts = {**_facts(kubelet=_unit()), "standalone": True}
    (failed,) = [check for check in services.kubelet(make_config("1.31.0"), facts) if not check.passed]
    assert (failed.name, failed.severity) == ("KubeletStandalone", "error")
    assert failed.found == "/etc/systemd/system/kubelet.service.d/20-etcd-service-manager.conf, of an external etcd"


@pytest.mark.parametrize(
    ("variables", "units", "answers", "failed"),
    [
        (DOCKER, {"docker": _unit()}, True, {}),
        (DOCKER, {"docker": _unit(file="disabled")}, True, {"Service-Docker": "warning"}),
        (DOCKER, {"docker": _unit(active="failed")}, False, {"Service-Docker": "error"}),
        (DOCKER, {}, True, {"Service-Docker": "warning"}),
        (DOCKER, {}, False, {}),
        (CONTAINERD, {"containerd": _unit()}, True, {}),
        (CONTAINERD, {"containerd": _unit(file="disabled")}, True, {"Service-Containerd": "warning"}),
        (CONTAINERD, {}, True, {}),
    ],
)
def test_container_runtime(
    make_config: MakeConfig,
    variables: dict[str, str],
    units: dict[str, dict[str, str]],
    answers: bool,
    failed: dict[str, str],
) -> None:
    """K2: breaks when a runtime that is gone after a restart passes, or a runtime without a unit is blamed."""
    checks = services.runtime(make_config("1.20.0", **variables), _facts(**units), answers)
    assert {check.name: check.severity for check in checks if not check.passed} == failed


@pytest.mark.parametrize(("active", "passed"), [("active", False), ("activating", False), ("inactive", True)])
def test_firewalld(make_config: MakeConfig, active: str, passed: bool) -> None:
    """K2: breaks when firewalld is not warned of, or the cure does not open the chosen port."""
    [check] = services.firewalld(make_config("1.31.0", bind_port=8443), _facts(firewalld=_unit(active=active)))
    assert (check.severity, check.passed) == ("warning", passed)
    assert "--add-port=8443/tcp" in check.cure
