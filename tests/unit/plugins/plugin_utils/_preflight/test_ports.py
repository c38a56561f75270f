# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Port-*: which ports, and whether they are free, tried on real sockets."""

from __future__ import annotations

import os
import socket
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.ports import gather
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import ports

MakeConfig = t.Callable[..., Config]
BOUND = {"apiserver_extra_args": {"bind-address": "192.0.2.7"}}


@pytest.mark.parametrize(
    ("version", "variables", "wanted"),
    [
        ("1.12.0", {}, {6443, 10251, 10252, 10250, 2379}),
        ("1.13.0", {}, {6443, 10251, 10252, 10250, 2379, 2380}),
        ("1.16.0", {"bind_port": 8443}, {8443, 10251, 10252, 10250, 2379, 2380}),
        ("1.17.0", {}, {6443, 10259, 10257, 10250, 2379, 2380}),
        ("1.37.0", {"etcd_external": {"endpoints": ["http://192.0.2.5:2379"]}}, {6443, 10259, 10257, 10250}),
    ],
)
def test_wanted_ports(make_config: MakeConfig, version: str, variables: dict[str, t.Any], wanted: set[int]) -> None:
    """K2, D13: breaks when a port that the minor needs is not looked at."""
    assert {port.number for port in ports.wanted_ports(make_config(version, **variables))} == wanted


@pytest.mark.parametrize(("version", "address"), [("1.36.0", ""), ("1.37.0", "192.0.2.7")])
def test_address(make_config: MakeConfig, version: str, address: str) -> None:
    """D13: breaks when 1.37 refuses a port that is taken on another address only, or an earlier minor lets one pass."""
    first = ports.wanted_ports(make_config(version, **BOUND))[0]
    assert first == ports.Port(6443, "kube-apiserver", address)


@pytest.mark.parametrize(
    ("version", "variables", "address"),
    [
        ("1.36.0", {}, ""),
        ("1.37.0", {}, "192.0.2.5"),
        ("1.37.0", {"apiserver_extra_args": {"advertise-address": "192.0.2.9"}}, "192.0.2.9"),
    ],
)
def test_address_of_etcd(make_config: MakeConfig, version: str, variables: dict[str, t.Any], address: str) -> None:
    """kubeadm 1.37 (InitNodeChecks): breaks when 1.37 refuses etcd's port for a listener on another address only."""
    wanted = ports.wanted_ports(make_config(version, advertise_address="192.0.2.5", **variables))
    assert wanted[-2:] == [ports.Port(2379, "etcd", address), ports.Port(2380, "etcd", address)]


@pytest.mark.parametrize("address", ["127.0.0.1", ""])
def test_who_listens(make_config: MakeConfig, address: str) -> None:
    """Breaks when a port that is taken, on whatever address, counts as free or its holder is not named."""
    with socket.socket() as sock:
        sock.bind((address, 0))
        sock.listen()
        port = sock.getsockname()[1]
        config = make_config("1.31.0", bind_port=port)
        facts = gather(InspectedHost(lambda _argv: Result(0, "", "")), ports.question(config))
        assert [owner["pid"] for owner in facts["taken"][str(port)]] == [os.getpid()]
        found = {check.name: check for check in ports.check(config, facts, {"files": {}})}
        assert not found[f"Port-{port}"].passed
        assert f"(pid {os.getpid()}" in found[f"Port-{port}"].found
    assert str(port) not in gather(InspectedHost(lambda _argv: Result(0, "", "")), ports.question(config))["taken"]


def _pod(name: str) -> dict[str, t.Any]:
    return {"pod": f"kube-system/{name}", "etcd_data_dir": None}


OWN = {"files": {f"{name}.yaml": _pod(name) for name in ("kube-apiserver", "etcd")}}


def _owner(name: str, unit: str = "", is_roots: bool = True) -> dict[str, t.Any]:
    return {"name": name, "pid": 5, "unit": unit, "is_roots": is_roots}


@pytest.mark.parametrize(
    ("taken", "manifests", "failed"),
    [
        (
            {
                "6443": [_owner("kube-apiserver")],
                "2379": [_owner("etcd")],
                "10250": [_owner("kubelet", "kubelet.service")],
            },
            OWN,
            set(),
        ),
        ({"6443": [_owner("kube-apiserver")]}, {"files": {}}, {"Port-6443"}),
        ({"6443": [_owner("kube-apiserver", "kube-apiserver.service")]}, OWN, {"Port-6443"}),
        ({"6443": [_owner("kube-apiserver-x")]}, OWN, {"Port-6443"}),
        ({"6443": [_owner("kube-apiserver"), _owner("nginx")]}, OWN, {"Port-6443"}),
        ({"6443": []}, OWN, {"Port-6443"}),
        ({"10250": [_owner("nginx")]}, OWN, {"Port-10250"}),
        ({"10250": [_owner("kubelet", is_roots=False)]}, OWN, {"Port-10250"}),
        ({"6443": [_owner("kube-apiserver", is_roots=False)]}, OWN, {"Port-6443"}),
        ({"6443": [_owner("kube-apiserver")]}, {"files": {"kube-apiserver.yaml": _pod("other")}}, {"Port-6443"}),
    ],
)
def test_what_only_looks_like_our_own(
    make_config: MakeConfig, taken: dict[str, t.Any], manifests: dict[str, t.Any], failed: set[str]
) -> None:
    """Breaks every second run, or takes somebody else's process for this control plane's."""
    checks = ports.check(make_config("1.31.0"), {"taken": taken}, manifests)
    assert {check.name for check in checks if not check.passed} == failed
