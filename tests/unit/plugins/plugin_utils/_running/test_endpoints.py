# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has to be healthy, and for how long the kubelet is waited for, by minor."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._running.control_plane import control_plane
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._running.endpoints import (
    endpoints,
    kubelet_timeout,
)

MakeConfig = t.Callable[..., Config]


@pytest.mark.parametrize(
    ("version", "variables", "expected"),
    [
        ("1.29.0", {}, 115.0),
        ("1.30.0", {}, 240.0),
        ("1.31.0", {"kubelet_wait_timeout": "90s"}, 90.0),
        ("1.33.0", {"kubelet_wait_timeout": "90s"}, 90.0),
    ],
)
def test_the_patience_with_the_kubelet(
    make_config: MakeConfig, version: str, variables: dict[str, str], expected: float
) -> None:
    """D14: breaks kubewright_kubelet_wait_timeout, or the time that a minor gives the kubelet."""
    assert kubelet_timeout(make_config(version, **variables)) == expected


def _shape(config: Config) -> list[tuple[str, str, bool]]:
    return [(endpoint.name, endpoint.url, endpoint.required) for endpoint in control_plane(config).waited_for()]


KUBELET_URL, LOCAL = "http://127.0.0.1:10248/healthz", "https://192.0.2.10:6443"


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1.12.0", [("kubelet", KUBELET_URL, False), ("kube-apiserver", LOCAL + "/healthz", True)]),
        ("1.29.0", [("kubelet", KUBELET_URL, False), ("kube-apiserver", LOCAL + "/healthz", True)]),
        ("1.30.0", [("kubelet", KUBELET_URL, True), ("kube-apiserver", LOCAL + "/healthz", True)]),
        (
            "1.33.0",
            [
                ("kubelet", KUBELET_URL, True),
                ("kube-apiserver", LOCAL + "/livez", True),
                ("kube-controller-manager", "https://127.0.0.1:10257/healthz", True),
                ("kube-scheduler", "https://127.0.0.1:10259/livez", True),
            ],
        ),
    ],
)
def test_endpoints(make_config: MakeConfig, version: str, expected: list[tuple[str, str, bool]]) -> None:
    """D14: breaks what a minor waits for."""
    assert _shape(make_config(version, control_plane_endpoint="lb.example.com")) == expected


@pytest.mark.parametrize(
    ("version", "restarting", "more"),
    [
        ("1.20.0", [], {}),
        ("1.20.0", ["etcd", "kube-apiserver"], {"etcd": "http://127.0.0.1:2381/health"}),
        ("1.12.0", ["etcd"], {"etcd": "tls://127.0.0.1:2379"}),
        ("1.15.0", ["etcd"], {"etcd": "tls://127.0.0.1:2379"}),
        ("1.12.0", ["kube-scheduler"], {"kube-scheduler": "http://127.0.0.1:10251/healthz"}),
        ("1.20.0", ["kube-controller-manager"], {"kube-controller-manager": "https://127.0.0.1:10257/healthz"}),
    ],
)
def test_components_that_restart_are_waited_for(
    make_config: MakeConfig, version: str, restarting: list[str], more: dict[str, str]
) -> None:
    """Breaks the run after a changed manifest: the next phases meet a component that is going down."""
    described = control_plane(make_config(version))
    usual = {endpoint.name: endpoint for endpoint in described.waited_for()}
    found = {endpoint.name: endpoint for endpoint in described.waited_for(restarting)}
    assert {name: found[name].url for name in found.keys() - usual.keys()} == more
    assert all(found[name].required for name in more)


@pytest.mark.parametrize(
    ("urls", "expected"),
    [
        ("https://0.0.0.0:2379", "tls://127.0.0.1:2379"),
        ("https://192.0.2.10:2390,https://127.0.0.1:2379", "tls://192.0.2.10:2390"),
        ("http://[::]:2379", "http://[::1]:2379/health"),
        ("unix://localhost", "tls://127.0.0.1:2379"),
    ],
)
def test_where_an_etcd_without_metrics_listens(make_config: MakeConfig, urls: str, expected: str) -> None:
    """Breaks the wait for an etcd that the user has moved, in the minors that give it no address for metrics."""
    config = make_config("1.15.0", etcd_extra_args={"listen-client-urls": urls})
    assert [endpoint.url for endpoint in endpoints(config) if endpoint.name == "etcd"] == [expected]


@pytest.mark.parametrize(
    ("variables", "name", "url"),
    [
        ({"kubelet_configuration": {"healthzPort": 0}}, "kubelet", None),
        (
            {"kubelet_configuration": {"healthzPort": 9, "healthzBindAddress": "::"}},
            "kubelet",
            "http://[::1]:9/healthz",
        ),
        ({"kubelet_configuration": {"healthzBindAddress": "0.0.0.0"}}, "kubelet", KUBELET_URL),
        ({"scheduler_extra_args": {"bind-address": "192.0.2.10"}}, "kube-scheduler", "https://192.0.2.10:10259/livez"),
        ({"scheduler_extra_args": {"bind-address": "0.0.0.0"}}, "kube-scheduler", "https://127.0.0.1:10259/livez"),
    ],
)
def test_endpoints_follow_the_configuration(
    make_config: MakeConfig, variables: dict[str, t.Any], name: str, url: str | None
) -> None:
    """D14: breaks when the old address is asked after the user has moved a component."""
    found = {endpoint.name: endpoint.url for endpoint in endpoints(make_config("1.34.0", **variables))}
    assert found.get(name) == url


def test_an_external_etcd_is_not_waited_for(make_config: MakeConfig) -> None:
    """Breaks the wait where etcd is somebody else's: its pod is waited for that will never be."""
    external = {"endpoints": ["https://192.0.2.1:2379"]}
    described = control_plane(make_config("1.34.0", etcd_external=external))
    assert "etcd" not in [endpoint.name for endpoint in described.waited_for(["etcd"])]
    assert "etcd" not in described.components
