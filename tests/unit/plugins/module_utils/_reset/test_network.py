# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The interfaces and virtual servers that are left."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._reset import network as subject

SERVERS = """IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
TCP  0A600001:01BB rr
  -> C0000202:192B      Masq    1      0          0
UDP  0A60000A:0035 rr
"""


def test_whose_they_are() -> None:
    """Breaks a host: an interface of its owner is removed, as that by which it is reached."""
    names = [
        "lo",
        "eth0",
        "cni0",
        "cni-podman0",
        "flannel.1",
        "docker0",
        "calico",
        "cali12ab",
        "kube-ipvs0",
        "vxlan.calico",
    ]
    assert subject.of_plugins(names) == ["cali12ab", "calico", "cni0", "flannel.1", "vxlan.calico"]
    assert subject.ipvs(names) == ["kube-ipvs0"]
    assert subject.virtual_servers(SERVERS) == 2
    assert subject.virtual_servers("") == 0


def test_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks when what cannot be done is passed over in silence."""
    done: list[list[str]] = []

    def run(argv: t.Sequence[str]) -> Result:
        done.append(list(argv))
        return Result(0, "KUBE-LOOP-BACK\nmine\n", "")

    monkeypatch.setattr(subject, "find_command", lambda name: f"/sbin/{name}")
    assert subject.sets(run) == ["KUBE-LOOP-BACK"]
    subject.remove_interfaces(run, ["cni0"], _left)
    subject.clear_virtual_servers(run)
    subject.remove_sets(run, ["KUBE-LOOP-BACK"])
    assert done[1:] == [
        ["/sbin/ip", "link", "delete", "cni0"],
        ["/sbin/ipvsadm", "--clear"],
        ["/sbin/ipset", "destroy", "KUBE-LOOP-BACK"],
    ]
    for call, words in (
        (lambda: subject.remove_interfaces(_fails, ["cni0"], _left), "interface cni0 cannot be removed: why"),
        (lambda: subject.clear_virtual_servers(_fails), "virtual servers of IPVS cannot be removed: why"),
        (lambda: subject.remove_sets(_fails, ["KUBE-X"]), "set KUBE-X cannot be removed: why"),
    ):
        with pytest.raises(KubewrightError, match=words):
            call()
    monkeypatch.setattr(subject, "find_command", lambda _name: None)
    assert subject.sets(run) == []
    for call, words in (
        (lambda: subject.remove_interfaces(run, ["cni0"], _left), "ip is not in PATH"),
        (lambda: subject.clear_virtual_servers(run), "ipvsadm is not in PATH"),
    ):
        with pytest.raises(KubewrightError, match=words):
            call()


def _left() -> list[str]:
    return ["cni0"]


def _fails(_argv: t.Sequence[str]) -> Result:
    return Result(1, "", "why")
