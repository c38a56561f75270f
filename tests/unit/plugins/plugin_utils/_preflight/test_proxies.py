# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTPProxy and HTTPProxyCIDR: the rules of Go and of Kubernetes."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.redact import split_proxy
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import proxies

PROXY = "http://proxy.example:3128"


@pytest.mark.parametrize(
    ("address", "environment", "falls_back", "proxied"),
    [
        ("192.0.2.1", {}, True, False),
        ("192.0.2.1", {"HTTPS_PROXY": PROXY}, False, True),
        ("192.0.2.1", {"https_proxy": PROXY}, False, True),
        ("192.0.2.1", {"HTTP_PROXY": PROXY}, True, True),
        ("192.0.2.1", {"HTTP_PROXY": PROXY}, False, False),
        ("127.0.0.1", {"HTTPS_PROXY": PROXY}, False, False),
        ("::1", {"HTTPS_PROXY": PROXY}, False, False),
        ("192.0.2.1", {"HTTPS_PROXY": PROXY, "NO_PROXY": "192.0.2.1"}, False, False),
        ("192.0.2.1", {"HTTPS_PROXY": PROXY, "no_proxy": "a.example, 192.0.2.0/24"}, False, False),
        ("192.0.2.1", {"HTTPS_PROXY": PROXY, "NO_PROXY": "192.0.2.1:6443"}, False, False),
        ("192.0.2.1", {"HTTPS_PROXY": PROXY, "NO_PROXY": "*"}, False, False),
        ("192.0.2.1", {"HTTPS_PROXY": PROXY, "NO_PROXY": "192.0.2.10,192.0.3.0/24,,2001:db8::/32"}, False, True),
        ("2001:db8::1", {"HTTPS_PROXY": PROXY, "NO_PROXY": "2001:db8::/32"}, False, False),
        ("2001:db8::1", {"HTTPS_PROXY": PROXY, "NO_PROXY": "[2001:db8::1]:6443"}, False, False),
    ],
)
def test_proxy_for(address: str, environment: dict[str, str], falls_back: bool, proxied: bool) -> None:
    """K2: breaks when a proxy is blamed that Go would not use, or one is missed."""
    assert (proxies.proxy_for(address, environment, falls_back) is not None) == proxied


def _failed(config: Config) -> list[tuple[str, str]]:
    return [(check.name, check.found) for check in proxies.check(config) if not check.passed]


def test_what_is_asked_for(make_config: t.Callable[..., Config]) -> None:
    """K2: breaks when a subnet is not looked at, or a password in the proxy's URL is shown."""
    environment = {"HTTPS_PROXY": "http://user:secret@proxy.example:3128", "NO_PROXY": "10.96.0.0/12"}
    config = make_config(
        "1.31.0",
        facts={"proxy_environment": environment},
        service_subnet="10.96.0.0/12,fd00:1::/108",
        pod_subnet="10.244.0.0/16,fd00:2::/56",
    )
    found = _failed(config)
    assert [name for name, _found in found] == ["HTTPProxy"] + ["HTTPProxyCIDR"] * 3
    assert [text.split()[0] for _name, text in found] == ["192.0.2.10", "fd00:1::/108", "10.244.0.0/16", "fd00:2::/56"]
    assert all(text.endswith(" proxy.example:3128") for _name, text in found)


@pytest.mark.parametrize(
    "proxy",
    [
        "http://proxy.example:3128",
        "proxy.example:3128",
        "user:secret@proxy.example:3128",
        "http://user:sec@ret@proxy.example:3128/",
        "http://user:sec/ret@proxy.example:3128",
        "socks5://user:secret@proxy.example:3128/path",
    ],
)
def test_no_password_is_shown(proxy: str) -> None:
    """Breaks the secrecy of the proxy's password, in whatever form Go takes it."""
    assert split_proxy(proxy)[1] == "proxy.example:3128"


def test_without_pod_subnet(make_config: t.Callable[..., Config]) -> None:
    """K2: breaks with a traceback where there is no pod subnet."""
    assert len(proxies.check(make_config("1.12.0"))) == 2
