# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The interfaces and virtual servers that kube-proxy and network plugins leave."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Runner, find_command

# Of the plugin bridge, flannel, Calico, Cilium, Weave and kube-router. What goes with a pod's network is gone with it.
_OF_PLUGINS = re.compile(
    r"^(?:cni\d+|flannel[.\w-]*|cali\w+|vxlan\.calico|vxlan-v6\.calico|cilium_\w+|weave|kube-bridge)$"
)
# Of kube-proxy in mode ipvs.
_OF_IPVS = "kube-ipvs0"
VIRTUAL_SERVERS = "/proc/net/ip_vs"
_SET = re.compile(r"^KUBE-")


def of_plugins(names: t.Iterable[str]) -> list[str]:
    """Those of network plugins among the names of interfaces."""
    return sorted(name for name in names if _OF_PLUGINS.match(name))


def remove_interfaces(run: Runner, names: t.Sequence[str], left: t.Callable[[], t.Sequence[str]]) -> None:
    """left: the names of those that there still are. Raises KubewrightError."""
    program = find_command("ip")
    for name in names:
        answer = run([program, "link", "delete", name]) if program is not None else None
        if answer is None or (answer.code != 0 and name in left()):
            said = "ip is not in PATH" if answer is None else answer.stderr.strip()
            raise KubewrightError(f"the interface {name} cannot be removed: {said}. Remove it by hand, or run again.")


def ipvs(names: t.Iterable[str]) -> list[str]:
    """The interface of kube-proxy in mode ipvs, where there is one. names: of all interfaces."""
    return [name for name in names if name == _OF_IPVS]


def virtual_servers(text: str) -> int:
    """How many virtual servers there are, whoever has made them. text: of C(/proc/net/ip_vs)."""
    return sum(line.startswith(("TCP", "UDP", "SCTP", "FWM")) for line in text.splitlines())


def sets(run: Runner) -> list[str]:
    """kube-proxy's sets of addresses, by their names."""
    program = find_command("ipset")
    answer = run([program, "list", "-name"]) if program is not None else None
    return (
        [name for name in answer.stdout.split() if _SET.match(name)] if answer is not None and answer.code == 0 else []
    )


def clear_virtual_servers(run: Runner) -> None:
    """Removes all virtual servers, which carry no mark of who has made them. Raises KubewrightError."""
    program = find_command("ipvsadm")
    answer = run([program, "--clear"]) if program is not None else None
    if answer is None or answer.code != 0:
        said = "ipvsadm is not in PATH" if answer is None else answer.stderr.strip()
        raise KubewrightError(
            f"the virtual servers of IPVS cannot be removed: {said}. Install ipvsadm, or restart the host."
        )


def remove_sets(run: Runner, names: t.Sequence[str]) -> None:
    """After the rules that use them. Raises KubewrightError."""
    for name in names:
        answer = run([str(find_command("ipset")), "destroy", name])
        if answer.code != 0:
            raise KubewrightError(
                f"the set {name} cannot be removed: {answer.stderr.strip()}. Remove it by hand, or run again."
            )


__all__ = (
    "VIRTUAL_SERVERS",
    "clear_virtual_servers",
    "ipvs",
    "of_plugins",
    "remove_interfaces",
    "remove_sets",
    "sets",
    "virtual_servers",
)
