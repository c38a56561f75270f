# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The configuration of kube-proxy."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils import _network as network
from ansible_collections.kubewright.control_plane.plugins.module_utils._config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._merge import merged

Values = t.Dict[str, t.Any]

_FULL_DEFAULTS: Values = {
    "clientConnection": {
        "acceptContentTypes": "",
        "burst": 10,
        "contentType": "application/vnd.kubernetes.protobuf",
        "qps": 5,
    },
    "configSyncPeriod": "15m0s",
    "conntrack": {
        "max": None,
        "maxPerCore": 32768,
        "min": 131072,
        "tcpCloseWaitTimeout": "1h0m0s",
        "tcpEstablishedTimeout": "24h0m0s",
    },
    "enableProfiling": False,
    "healthzBindAddress": "0.0.0.0:10256",
    "hostnameOverride": "",
    "iptables": {"masqueradeAll": False, "masqueradeBit": 14, "minSyncPeriod": "0s", "syncPeriod": "30s"},
    "ipvs": {"excludeCIDRs": None, "minSyncPeriod": "0s", "scheduler": "", "syncPeriod": "30s"},
    "metricsBindAddress": "127.0.0.1:10249",
    "mode": "",
    "nodePortAddresses": None,
    "oomScoreAdj": -999,
    "portRange": "",
    "resourceContainer": "/kube-proxy",
    "udpIdleTimeout": "250ms",
}
_WINKERNEL: Values = {"winkernel": {"enableDSR": False, "networkName": "", "sourceVip": ""}}
# Since 1.17 the component's defaults are left to the component: each field that its schema always writes holds a zero.
_ZEROS: Values = {
    "clientConnection": {"acceptContentTypes": "", "burst": 0, "contentType": "", "qps": 0},
    "configSyncPeriod": "0s",
    "conntrack": {"maxPerCore": None, "min": None, "tcpCloseWaitTimeout": None, "tcpEstablishedTimeout": None},
    "enableProfiling": False,
    "healthzBindAddress": "",
    "hostnameOverride": "",
    "iptables": {"masqueradeAll": False, "masqueradeBit": None, "minSyncPeriod": "0s", "syncPeriod": "0s"},
    "ipvs": {"excludeCIDRs": None, "minSyncPeriod": "0s", "scheduler": "", "strictARP": False, "syncPeriod": "0s"},
    "metricsBindAddress": "",
    "mode": "",
    "nodePortAddresses": None,
    "oomScoreAdj": None,
    "portRange": "",
    "udpIdleTimeout": "0s",
    "winkernel": _WINKERNEL["winkernel"],
}
_ZEROS_1_19 = merged(
    _ZEROS,
    {
        "bindAddressHardFail": False,
        "detectLocalMode": "",
        "showHiddenMetricsForVersion": "",
        "ipvs": {"tcpFinTimeout": "0s", "tcpTimeout": "0s", "udpTimeout": "0s"},
    },
)
_ZEROS_1_26 = merged(
    {key: value for key, value in _ZEROS_1_19.items() if key != "udpIdleTimeout"},
    {
        "detectLocal": {"bridgeInterface": "", "interfaceNamePrefix": ""},
        "iptables": {"localhostNodePorts": None},
        "winkernel": {"forwardHealthCheckVip": False, "rootHnsEndpointName": ""},
    },
)
_ZEROS_1_28 = merged(
    _ZEROS_1_26, {"logging": {"flushFrequency": 0, "options": {"json": {"infoBufferSize": "0"}}, "verbosity": 0}}
)
_ZEROS_1_31 = merged(
    _ZEROS_1_28,
    {
        "conntrack": {"tcpBeLiberal": False, "udpStreamTimeout": "0s", "udpTimeout": "0s"},
        "logging": {"options": {"text": {"infoBufferSize": "0"}}},
        "nftables": {"masqueradeAll": False, "masqueradeBit": None, "minSyncPeriod": "0s", "syncPeriod": "0s"},
    },
)
_SCHEMAS: t.Mapping[str, Values] = {
    "1.12": _FULL_DEFAULTS,
    "1.14": merged(_FULL_DEFAULTS, _WINKERNEL),
    "1.17": _ZEROS,
    "1.19": _ZEROS_1_19,
    "1.26": _ZEROS_1_26,
    "1.28": _ZEROS_1_28,
    "1.31": _ZEROS_1_31,
}


def kube_proxy_configuration(config: Config) -> Values:
    """The KubeProxyConfiguration that lies in the ConfigMap kube-proxy."""
    release = config.release
    bind_address = "::" if network.is_ipv6(config.advertise_address) else "0.0.0.0"
    computed: Values = {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "bindAddress": bind_address,
        "clientConnection": {"kubeconfig": "/var/lib/kube-proxy/kubeconfig.conf"},
        "clusterCIDR": config.pod_subnet,
        "mode": release["kube_proxy_mode"],
    }
    result = merged(merged(_SCHEMAS[release["kube_proxy_schema"]], computed), config.kube_proxy)
    if config.dual_stack_gate is not None:
        result = merged(result, {"featureGates": {"IPv6DualStack": config.dual_stack_gate}})
    if release["kube_proxy_bind_address_forced"]:
        result["bindAddress"] = bind_address
    return result


__all__ = ("kube_proxy_configuration",)
