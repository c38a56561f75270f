# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Facts for the preflight checks, from recorded texts."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils import _preflight_facts as facts
from ansible_collections.kubewright.control_plane.plugins.module_utils._command import Result

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
    assert facts.listening_inodes([TCP, TCP6]) == {3306: {"24531"}, 22: {"20117", "20119"}, 6443: {"31337"}}


@pytest.mark.parametrize("table", ["", "header only\n", "header\n   0: short\n"])
def test_tables_without_listeners(table: str) -> None:
    """Breaks hosts without IPv6, whose second table is absent."""
    assert facts.listening_inodes([table]) == {}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, None),
        ("kind: Pod\nmetadata:\n  name: etcd\n  namespace: kube-system\n", "pod:etcd"),
        ("kind: Pod\nmetadata:\n  name: etcd\n  namespace: default\n", "foreign"),
        ("kind: Service\nmetadata:\n  name: etcd\n  namespace: kube-system\n", "foreign"),
        ("kind: Pod\nmetadata: null\n", "foreign"),
        ("", "foreign"),
        ("a: &x 1\n", "foreign"),
    ],
)
def test_manifest_component(tmp_path: pathlib.Path, content: str | None, expected: str | None) -> None:
    """Breaks the second run (our own manifest counts as foreign), or overwrites somebody else's."""
    path = tmp_path / "etcd.yaml"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    assert facts.manifest_component(str(path)) == expected


@pytest.mark.parametrize(("socket", "path"), [("unix:///run/x.sock", "/run/x.sock"), ("/run/x.sock", "/run/x.sock")])
def test_socket_path(socket: str, path: str) -> None:
    """Breaks the connection to the runtime."""
    assert facts.socket_path(socket) == path


def test_services_are_read_in_order(monkeypatch: pytest.MonkeyPatch, make_config: t.Callable[..., t.Any]) -> None:
    """Breaks the service checks: systemctl's blocks belong to the names in their order."""
    blocks = [
        "Id=kubelet.service\nLoadState=loaded\nActiveState=active\nUnitFileState=enabled\n",
        "Id=docker.service\nLoadState=not-found\nActiveState=inactive\n",
        "Id=firewalld.service\nLoadState=masked\nActiveState=inactive\nUnitFileState=masked\n",
    ]
    monkeypatch.setattr(facts, "find_command", lambda name: "/bin/" + name)
    asked = []

    def run(argv: t.Sequence[str]) -> Result:
        asked.append(list(argv))
        return Result(0, "\n".join(blocks), "")

    found = facts.gather(make_config("1.31.0"), run, [], ["mount"])
    assert len(asked) == 1
    assert asked[0][-3:] == ["kubelet.service", "docker.service", "firewalld.service"]
    assert found["services"]["kubelet"]["UnitFileState"] == "enabled"
    assert found["services"]["docker"]["LoadState"] == "not-found"
    assert found["services"]["docker"]["UnitFileState"] == ""
    assert found["services"]["firewalld"]["LoadState"] == "masked"
    assert found["commands"] == {"mount": "/bin/mount"}
    assert found["memory_mb"] > 0
