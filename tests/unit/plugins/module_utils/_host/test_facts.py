# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Facts of a node, from recorded texts."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host import facts
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result

ROUTES = """Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	0002000A	00000000	0001	0	0	0	00FFFFFF	0	0	0
down0	00000000	010010AC	0002	0	0	0	00000000	0	0	0
eth1	00000000	0102000A	0003	0	0	0	00000000	0	0	0
eth2	00000000	0103000A	0003	0	0	100	00000000	0	0	0
half	00000000	00000000	0001	0	0	0	00000080	0	0	0
"""
ZERO = "0" * 32
ROUTES6 = "\n".join(
    [
        "20010db8000000000000000000000000 40 %s 00 %s 00000100 00000001 00000000 00000001 eth0" % (ZERO, ZERO),
        "%s 00 %s 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003 eth1" % (ZERO, ZERO),
        "%s 00 %s 00 %s ffffffff 00000001 00000000 00200200 lo" % (ZERO, ZERO, ZERO),
        "00000000000000000000000000000001 80 %s 00 %s 00000000 00000003 00000000 80200001 lo" % (ZERO, ZERO),
    ]
)
ADDRESSES6 = [
    "00000000000000000000000000000001 01 80 10 80       lo",
    "fe80000000000000021122fffe334455 02 40 20 80     eth1",
    "20010db8000000000000000000000010 02 40 00 80     eth1",
]


def test_default_route_interfaces() -> None:
    """K1.6: breaks the advertise address: only default routes that are up count, in the order of the file."""
    found = facts.default_route_interfaces(ROUTES.splitlines(), ROUTES6.splitlines())
    assert found == (["eth1", "eth2"], ["eth1"])


@pytest.mark.parametrize(("ipv4", "ipv6"), [("", ""), ("Iface header\n", ""), ("x\nshort line\n", "short")])
def test_no_default_route(ipv4: str, ipv6: str) -> None:
    """Breaks hosts without a default route, or without IPv6, with a traceback."""
    assert facts.default_route_interfaces(ipv4.splitlines(), ipv6.splitlines()) == ([], [])


def test_ipv6_addresses() -> None:
    """Breaks the address of IPv6 hosts."""
    assert facts.ipv6_addresses(ADDRESSES6, "eth1") == ["fe80::211:22ff:fe33:4455", "2001:db8::10"]
    assert facts.ipv6_addresses(ADDRESSES6, "eth9") == []


@pytest.mark.parametrize(
    ("address", "right"),
    [
        ("192.0.2.1", True),
        ("10.0.0.1", True),
        ("fd00::1", True),
        ("2001:db8::1", True),
        ("0.0.0.0", False),
        ("127.0.0.1", False),
        ("169.254.1.1", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("fe80::1", False),
        ("ff02::1", False),
    ],
)
def test_is_global_unicast(address: str, right: bool) -> None:
    """K1.6: breaks when an address that nobody can reach is advertised, or a private one is refused."""
    assert facts.is_global_unicast(address) is right


@pytest.mark.parametrize(
    ("files", "external"), [([], False), (["ca.crt"], True), (["ca.crt", "ca.key"], False), (["ca.key"], False)]
)
def test_external_ca(tmp_path: pathlib.Path, files: list[str], external: bool) -> None:
    """K5.4: breaks when a blank host counts as one whose CA is elsewhere."""
    for name in files:
        (tmp_path / name).write_text("", encoding="utf-8")
    assert facts.external_ca(str(tmp_path)) is external


@pytest.mark.parametrize(
    ("stdout", "version"),
    [("Kubernetes v1.31.0\n", "v1.31.0"), ("warning\nKubernetes v1.20.2-rc.0\n", "v1.20.2-rc.0"), ("", None)],
)
def test_gather(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, stdout: str, version: str | None) -> None:
    """Breaks the facts of a host: the kubelet's version, folders, sockets and proxy variables."""
    monkeypatch.setattr(facts, "find_command", lambda name: "/bin/kubelet" if name == "kubelet" else None)
    for name in ("HTTPS_PROXY", "no_proxy", "EMPTY_PROXY", "PROXY"):
        monkeypatch.setenv(name, "" if name.startswith("EMPTY") else "x")
    (tmp_path / "socket").write_text("", encoding="utf-8")
    paths = [str(tmp_path), str(tmp_path / "socket"), str(tmp_path / "none")]

    def run(argv: t.Sequence[str]) -> Result:
        assert list(argv) == ["/bin/kubelet", "--version"]
        return Result(0, stdout, "")

    (tmp_path / "etcd/member/wal").mkdir(parents=True)
    assert not facts.has_log(str(tmp_path / "etcd"))
    (tmp_path / "etcd/member/wal/0.wal").write_text("", encoding="utf-8")
    found = facts.gather(run, paths, paths[1:], str(tmp_path), str(tmp_path / "etcd"), None)
    assert found["etcd_has_data"]
    assert found["kubelet_version"] == version
    assert (found["directories"], found["sockets"]) == ([paths[0]], [paths[1]])
    assert {"HTTPS_PROXY", "no_proxy"} <= set(found["proxy_environment"])
    assert not {"EMPTY_PROXY", "PROXY"} & set(found["proxy_environment"])
    assert found["hostname"] == found["hostname"].lower()


def test_how_a_member_of_etcd_has_begun(tmp_path: pathlib.Path) -> None:
    """Breaks a control plane that has joined: its etcd is given a manifest by which it would begin a cluster, and is restarted."""
    manifest = tmp_path / "etcd.yaml"
    assert facts.joined_cluster(str(manifest)) is None
    begun = "    - --data-dir=/var/lib/etcd\n    - --initial-cluster=cp1=https://h:2380\n"
    manifest.write_text(begun, encoding="utf-8")
    assert facts.joined_cluster(str(manifest)) is None
    manifest.write_text(begun + "    - --initial-cluster-state=existing\n    - --name=cp1\n", encoding="utf-8")
    assert facts.joined_cluster(str(manifest)) == "cp1=https://h:2380"


def test_what_a_manifest_mounts(tmp_path: pathlib.Path) -> None:
    """Breaks the rules that look whether a folder is there: on a control plane, what is mounted says whether it was."""
    manifest = tmp_path / "kube-controller-manager.yaml"
    assert facts.mounted_paths(str(manifest), ["/a"]) is None
    manifest.write_text(
        "  - hostPath:\n      path: /a\n      type: DirectoryOrCreate\n  - hostPath:\n      path: /bc\n"
    )
    assert facts.mounted_paths(str(manifest), ["/a", "/b", "/bc"]) == ["/a", "/bc"]
