# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Typed access to the resolved configuration."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config, pairs


@pytest.mark.parametrize(
    "key", ["ClusterConfiguration", "InitConfiguration", "KubeletConfiguration", "KubeProxyConfiguration", "node"]
)
def test_a_value_that_is_no_resolved_configuration_is_refused(make_config: t.Callable[..., Config], key: str) -> None:
    """Breaks when a module takes half a configuration and ends in a traceback."""
    data = dict(make_config("1.31.0").data)
    del data[key]
    with pytest.raises(KubewrightError, match=r"config\.%s is missing.*cluster_config" % key):
        Config(data)


@pytest.mark.parametrize(
    ("endpoint", "url"),
    [
        (None, "https://192.0.2.10:6443"),
        ("cp.example.com", "https://cp.example.com:6443"),
        ("cp.example.com:8443", "https://cp.example.com:8443"),
        ("2001:db8::5", "https://[2001:db8::5]:6443"),
    ],
)
def test_control_plane_endpoint(make_config: t.Callable[..., Config], endpoint: str | None, url: str) -> None:
    """Breaks the server of the kubeconfigs: without a port of its own the endpoint takes the bind port."""
    assert make_config("1.31.0", control_plane_endpoint=endpoint).control_plane_endpoint == url


@pytest.mark.parametrize(
    ("version", "address", "loopback"),
    [
        ("1.17.0", "2001:db8::1", "127.0.0.1"),
        ("1.18.0", "2001:db8::1", "::1"),
        ("1.18.0", "192.0.2.1", "127.0.0.1"),
    ],
)
def test_loopback(make_config: t.Callable[..., Config], version: str, address: str, loopback: str) -> None:
    """D4.2: breaks the API server's way to etcd on IPv6 hosts."""
    config = make_config(version, advertise_address=address, service_subnet="fd00::/108")
    assert config.loopback == loopback


@pytest.mark.parametrize(
    ("version", "cri_socket", "docker"),
    [
        ("1.12.0", "/var/run/dockershim.sock", True),
        ("1.23.0", "/var/run/dockershim.sock", True),
        ("1.23.0", "/run/containerd/containerd.sock", False),
        ("1.24.0", "/var/run/dockershim.sock", False),
    ],
)
def test_uses_docker(make_config: t.Callable[..., Config], version: str, cri_socket: str, docker: bool) -> None:
    """K4.1: breaks when another socket than the shim's means Docker, or 1.24 still believes in the shim."""
    assert make_config(version, cri_socket=cri_socket).uses_docker is docker


def test_dns_address(make_config: t.Callable[..., Config]) -> None:
    """Breaks when DNS gets another address than the tenth of the service subnet."""
    assert make_config("1.31.0", service_subnet="10.111.7.0/16").dns_address == "10.111.0.10"


def test_pairs_keep_order_and_repeats() -> None:
    """Breaks repeated flags, which 1.31 introduced."""
    assert pairs([{"name": "v", "value": 2}, {"name": "v", "value": "1"}]) == [("v", "2"), ("v", "1")]
    assert pairs(None) == []
