# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The configuration of kube-proxy."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base import network
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.values import merged
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._documents.components import (
    overlaid,
    skeleton,
    written,
)

Values = dict[str, t.Any]

API_VERSION, KIND = "kubeproxy.config.k8s.io/v1alpha1", "KubeProxyConfiguration"
_PORTS = {"healthzBindAddress": 10256, "metricsBindAddress": 10249}


def _own_defaults(config: Config) -> Values:
    """What kube-proxy's defaults make of the user's addresses, in minors where kubeadm writes these defaults."""
    given, release = config.kube_proxy, config.release
    result: Values = {}
    if release.kube_proxy_ipv6_defaults and network.is_ipv6(str(given.get("bindAddress") or "")):
        result = {"healthzBindAddress": "[::]:10256", "metricsBindAddress": "[::1]:10249"}
    for key, port in _PORTS.items():
        address = given.get(key)
        if address:
            result[key] = network.host_port(address, port) if network.parse_ip(address) is not None else address
    return result


def kube_proxy_configuration(config: Config) -> Values:
    """The KubeProxyConfiguration that lies in the ConfigMap kube-proxy."""
    release, fields = config.release, config.release.kube_proxy_fields
    bind_address = "::" if network.is_ipv6(config.advertise_address) else "0.0.0.0"
    computed: Values = {
        "bindAddress": bind_address,
        "clientConnection": {"kubeconfig": "/var/lib/kube-proxy/kubeconfig.conf"},
        "clusterCIDR": config.pod_subnet,
        "mode": release.kube_proxy_mode,
    }
    base = merged(skeleton(fields, release.kube_proxy_defaults), computed)
    result = overlaid(fields, base, config.kube_proxy)
    if release.component_configs_defaulted:
        result.update(_own_defaults(config))
    if config.dual_stack_gate is not None:
        result = merged(result, {"featureGates": {"IPv6DualStack": config.dual_stack_gate}})
    if release.kube_proxy_bind_address_forced:
        result["bindAddress"] = bind_address
    return dict(written(fields, result), apiVersion=API_VERSION, kind=KIND)


__all__ = ("kube_proxy_configuration",)
