# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Service-Kubelet, Service-Docker, the runtime's service and Firewalld: what systemd says."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base import ports
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.kubelet_service import STANDALONE
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import ERROR, WARNING, Check

# The states for which `systemctl is-enabled` succeeds.
_ENABLED = ("enabled", "enabled-runtime", "static", "alias", "indirect", "generated")
_ACTIVE = ("active", "activating")


def _no_systemd(name: str) -> Check:
    cure = "Run systemd; kubewright starts the kubelet through it."
    return Check(name, WARNING, False, "systemd does not answer", "systemd", cure)


def _start_at_boot(name: str, unit: str, facts: t.Mapping[str, str]) -> Check:
    enabled = facts["UnitFileState"] in _ENABLED
    found = facts["UnitFileState"] or "not enabled"
    return Check(
        name, WARNING, enabled, f"{unit} is {found}", "enabled, so that it starts at boot", f"systemctl enable {unit}"
    )


def _standalone(config: Config, facts: t.Mapping[str, t.Any]) -> list[Check]:
    """What a host keeps that had a member of an external etcd: its kubelet would never log in to a cluster."""
    if config.etcd_host is not None or not facts.get("standalone"):
        return []
    found, wanted = f"{STANDALONE}, of an external etcd", "a kubelet that logs in to its cluster"
    cure = f"Take the member out of etcd, then: rm {STANDALONE}; systemctl daemon-reload."
    return [Check("KubeletStandalone", ERROR, False, found, wanted, cure)]


def kubelet(config: Config, facts: t.Mapping[str, t.Any]) -> list[Check]:
    """The kubelet's unit exists and starts at boot. A masked unit can never run, so that is an error."""
    return [*_unit_of_kubelet(facts), *_standalone(config, facts)]


def _unit_of_kubelet(facts: t.Mapping[str, t.Any]) -> list[Check]:
    name, unit = "Service-Kubelet", "kubelet.service"
    if facts["units"] is None:
        return [_no_systemd(name)]
    state = facts["units"]["kubelet"]
    if state["LoadState"] == "masked":
        return [Check(name, ERROR, False, f"{unit} is masked", "a unit that can run", f"systemctl unmask {unit}")]
    if state["LoadState"] != "loaded":
        cure = "Install the kubelet's package, or its unit and drop-in."
        return [Check(name, WARNING, False, f"there is no {unit}", f"{unit}, enabled", cure)]
    return [_start_at_boot(name, unit, state)]


def _runtime_unit(config: Config) -> str | None:
    for name in ("containerd", "crio", "cri-docker"):
        if name in config.cri_socket:
            return name
    return None


def runtime(config: Config, facts: t.Mapping[str, t.Any], answers: bool) -> list[Check]:
    """The container runtime starts at boot. kubeadm asks this of Docker only; a runtime without a unit is the user's affair.

    answers: whether the runtime answers; where Docker is not there at all, that is said already.
    """
    if facts["units"] is None:
        return []
    if config.uses_docker:
        return [_docker(facts["units"]["docker"])] if answers or _is_installed(facts["units"]["docker"]) else []
    name = _runtime_unit(config)
    # cri-dockerd is started by its socket.
    if name == "cri-docker":
        return []
    if name is None or not _is_installed(facts["units"][name]):
        return []
    return [_start_at_boot(f"Service-{name.capitalize()}", f"{name}.service", facts["units"][name])]


def _is_installed(state: t.Mapping[str, str]) -> bool:
    return state["LoadState"] in ("loaded", "masked")


def _docker(state: t.Mapping[str, str]) -> Check:
    name, unit, wanted = "Service-Docker", "docker.service", "docker.service, enabled and active"
    if not _is_installed(state):
        return Check(name, WARNING, False, f"there is no {unit}", wanted, "Install Docker's unit.")
    if state["ActiveState"] not in _ACTIVE:
        return Check(name, ERROR, False, f"{unit} is {state['ActiveState']}", wanted, f"systemctl enable --now {unit}")
    return _start_at_boot(name, unit, state)


def firewalld(config: Config, facts: t.Mapping[str, t.Any]) -> list[Check]:
    """A warning while firewalld is active, whatever its rules are."""
    active = facts["units"] is not None and facts["units"]["firewalld"]["ActiveState"] in _ACTIVE
    wanted = f"ports {config.bind_port} and {ports.KUBELET} open"
    commands = "; ".join(
        f"firewall-cmd --permanent --add-port={port}/tcp" for port in (config.bind_port, ports.KUBELET)
    )
    found = "firewalld is {}".format("active" if active else "not active")
    cure = f"Open the ports ({commands}; firewall-cmd --reload), or stop firewalld."
    return [Check("Firewalld", WARNING, not active, found, wanted, cure)]


__all__ = ("firewalld", "kubelet", "runtime")
