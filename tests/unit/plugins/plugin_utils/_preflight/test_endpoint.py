# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ControlPlaneEndpoint, on real sockets."""

from __future__ import annotations

import socket
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.endpoint import gather
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import endpoint

MakeConfig = t.Callable[..., Config]
NO_ROUTES: dict[str, t.Any] = {"routes": []}
BLANK: dict[str, t.Any] = {"files": {}}
RUNNING = {"files": {"kube-apiserver.yaml": {"pod": "kube-system/kube-apiserver", "etcd_data_dir": None}}}


def _found(config: Config) -> list[tuple[bool, str]]:
    asked = endpoint.question(config)
    facts = {} if asked is None else gather(InspectedHost(lambda _argv: Result(0, "", "")), asked)
    return [(check.passed, check.found) for check in endpoint.check(config, facts, NO_ROUTES, BLANK)]


def test_open_and_refused(make_config: MakeConfig) -> None:
    """Breaks when an endpoint that the host reaches is blamed because nothing listens there before the first init."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen()
        port = sock.getsockname()[1]
        config = make_config("1.31.0", control_plane_endpoint=f"127.0.0.1:{port}")
        assert _found(config) == [(True, f"127.0.0.1:{port} is reached")]
    assert _found(config) == [(True, f"127.0.0.1:{port} is reached (nothing listens yet)")]


def test_name_that_does_not_resolve(make_config: MakeConfig) -> None:
    """Breaks when a missing DNS record is found out only by components that never become healthy."""
    config = make_config("1.31.0", control_plane_endpoint="nowhere.invalid")
    assert _found(config) == [(False, "nowhere.invalid:6443: the name does not resolve")]


@pytest.mark.parametrize(
    ("outcome", "passed"), [("open", True), ("refused", True), ("no answer within 1.5 s", False), ("No route", False)]
)
def test_check(make_config: MakeConfig, outcome: str, passed: bool) -> None:
    """Breaks when an endpoint that swallows packets passes."""
    [check] = endpoint.check(
        make_config("1.31.0", control_plane_endpoint="[2001:db8::9]:6443"), {"outcome": outcome}, NO_ROUTES, BLANK
    )
    assert (check.severity, check.passed) == ("warning", passed)
    assert check.found.startswith("[2001:db8::9]:6443")


def test_without_endpoint(make_config: MakeConfig) -> None:
    """Breaks when the host's own port, which is not open yet, is asked for."""
    config = make_config("1.31.0")
    assert endpoint.question(config) is None
    assert _found(config) == []


@pytest.mark.parametrize(
    ("endpoint_host", "manifests", "passed"),
    [
        ("192.0.2.99", BLANK, True),
        ("192.0.2.99", RUNNING, False),
        ("198.51.100.9", BLANK, False),
        ("vip.example", BLANK, False),
    ],
)
def test_virtual_address_before_the_first_init(
    make_config: MakeConfig, endpoint_host: str, manifests: dict[str, t.Any], passed: bool
) -> None:
    """Breaks with a false alarm where kube-vip or keepalived bring the address up with the control plane."""
    config = make_config("1.31.0", control_plane_endpoint=endpoint_host)
    routes = {"routes": [["192.0.2.0/24", "eth0"]]}
    [check] = endpoint.check(config, {"outcome": "no answer within 1.5 s"}, routes, manifests)
    assert check.passed == passed
