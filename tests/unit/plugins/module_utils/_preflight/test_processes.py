# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who holds a socket, by texts of /proc."""

from __future__ import annotations

import pathlib

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import processes

TCP = """  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0CEA 00000000:0000 0A 00000000:00000000 00:00000000 00000000   999        0 24531 1 0000000000000000
   1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 20117 1 0000000000000000
   2: 0A02000A:192B 0B02000A:D431 01 00000000:00000000 00:00000000 00000000     0        0 99999 1 0000000000000000 20 4
"""
TCP6 = """  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:192B 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 31337 1 0000000000000000
   1: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 20119 1 0000000000000000
"""  # noqa: E501


def test_listening_inodes() -> None:
    """Breaks the port checks: connections are no listeners, and both families count."""
    assert processes.listening_inodes([TCP, TCP6]) == {3306: {"24531"}, 22: {"20117", "20119"}, 6443: {"31337"}}


@pytest.mark.parametrize("table", ["", "header only\n", "header\n   0: short\n"])
def test_tables_without_listeners(table: str) -> None:
    """Breaks hosts without IPv6, whose second table is absent."""
    assert processes.listening_inodes([table]) == {}


@pytest.mark.parametrize(
    ("cgroups", "unit"),
    [
        ("", ""),
        ("0::/system.slice/nginx.service\n", "nginx.service"),
        ("0::/user.slice/user-1000.slice/user@1000.service/app.slice/x.service\n", ""),
        ("0::/user.slice/user-1000.slice/session-3.scope\n", ""),
        ("0::/kubepods.slice/kubepods-burstable.slice/cri-containerd-0a.scope\n", ""),
        (
            "12:pids:/docker/0a/system.slice/nginx.service\n1:name=systemd:/docker/0a/system.slice/nginx.service\n",
            "nginx.service",
        ),
        (
            "12:pids:/docker/0a/kubepods/burstable/pod1/2b\n1:name=systemd:/docker/0a/system.slice/containerd.service\n",
            "",
        ),
        ("1:name=systemd:/system.slice/containerd.service\n", ""),
    ],
)
def test_unit_of(cgroups: str, unit: str) -> None:
    """Breaks when a container of a static pod is taken for a service of its own, or a service for a container."""
    assert processes.unit_of(cgroups) == unit


def _process(root: pathlib.Path, pid: int, program: str, cgroup: str, sockets: list[int]) -> None:
    folder = root / f"proc/{pid}/fd"
    folder.mkdir(parents=True)
    (folder.parent / "cmdline").write_text(f"{program}\0--flag\0", encoding="utf-8")
    (folder.parent / "comm").write_text("comm-name\n", encoding="utf-8")
    (folder.parent / "cgroup").write_text(cgroup, encoding="utf-8")
    for number, inode in enumerate(sockets):
        (folder / str(number)).symlink_to(f"socket:[{inode}]")


def test_owners(tmp_path: pathlib.Path) -> None:
    """Breaks the name or the unit of the process that holds a port."""
    _process(tmp_path, 7, "/usr/sbin/nginx", "0::/system.slice/nginx.service\n", [1, 42])
    _process(tmp_path, 8, "kube-apiserver", "0::/kubepods/burstable/pod1/2b\n", [43])
    _process(tmp_path, 9, "", "0::/\n", [44])
    _process(tmp_path, 10, "/usr/bin/containerd", "0::/system.slice/containerd.service\n", [45])
    host = InspectedHost(lambda _argv: Result(0, "", ""), str(tmp_path))
    held = processes.owners_of(host, ["42", "43", "44", "45"])
    found = {owner.pid: owner for owners in held.values() for owner in owners}
    assert {pid: (owner.name, owner.unit) for pid, owner in found.items()} == {
        7: ("nginx", "nginx.service"),
        8: ("kube-apiserver", ""),
        9: ("comm-name", ""),
        10: ("containerd", "containerd.service"),
    }
    assert processes.owners_of(host, ["99"]) == {"99": []}


def test_names_that_cannot_be_shown(tmp_path: pathlib.Path) -> None:
    """Breaks the terminal: a process gives itself its name, and its unit is somebody's too."""
    _process(tmp_path, 7, "/bin/a\x1b[2J\nb\u202e", "0::/system.slice/a\x1b[2J\u202e.service\n", [42])
    host = InspectedHost(lambda _argv: Result(0, "", ""), str(tmp_path))
    (owner,) = processes.owners_of(host, ["42"])["42"]
    assert (owner.name.isprintable(), owner.unit.isprintable()) == (True, True)
    assert ("[2J" in owner.name, "[2J" in owner.unit) == (True, True)
