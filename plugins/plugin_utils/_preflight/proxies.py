# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""HTTPProxy and HTTPProxyCIDR: whether what the control plane talks to would be reached through a proxy.

The rules are those of Go's http.ProxyFromEnvironment, and of Kubernetes, which takes subnets in NO_PROXY first.
"""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base import network
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.redact import split_proxy
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import WARNING, Check


def _variable(environment: t.Mapping[str, str], name: str) -> str:
    return environment.get(name) or environment.get(name.lower()) or ""


def _is_excepted(address: str, no_proxy: str) -> bool:
    """Whether NO_PROXY names an address: itself, with any port, in a subnet, or by C(*)."""
    parsed = network.parse_ip(address)
    for entry in (part.strip() for part in no_proxy.split(",")):
        subnet = network.parse_subnet(entry)
        host = network.split_endpoint(entry)[0] if entry else ""
        if entry == "*" or (subnet is not None and parsed in subnet):
            return True
        if parsed is not None and network.parse_ip(host) == parsed:
            return True
    return False


def proxy_for(address: str, environment: t.Mapping[str, str], falls_back_to_http: bool) -> str | None:
    """The proxy for C(https://ADDRESS), or None. falls_back_to_http: Go before 1.16, and so Kubernetes before 1.21."""
    proxy = _variable(environment, "HTTPS_PROXY")
    if not proxy and falls_back_to_http:
        proxy = _variable(environment, "HTTP_PROXY")
    parsed = network.parse_ip(address)
    if not proxy or (parsed is not None and parsed.is_loopback):
        return None
    return None if _is_excepted(address, _variable(environment, "NO_PROXY")) else proxy


def _check(config: Config, name: str, target: str, address: str) -> Check:
    environment = config.node["proxy_environment"]
    proxy = proxy_for(address, environment, config.release.proxy_falls_back_to_http)
    shown = split_proxy(proxy)[1] if proxy else ""
    found = f"{target} is reached through the proxy {shown}" if proxy else f"{target} is reached directly"
    cure = f"Add {target} to NO_PROXY (and no_proxy) in the environment of the play and of the host."
    return Check(name, WARNING, proxy is None, found, "no proxy on the way to the cluster itself", cure)


def check(config: Config) -> list[Check]:
    """The API server's address, and the first address of each service and pod subnet."""
    checks = [_check(config, "HTTPProxy", config.advertise_address, config.advertise_address)]
    for subnets in (config.service_subnet, config.pod_subnet):
        for subnet in network.split_subnets(subnets):
            checks.append(_check(config, "HTTPProxyCIDR", subnet, network.nth_address(subnet, 1)))
    return checks


__all__ = ("check", "proxy_for")
