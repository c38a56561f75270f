# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The release table of KubeProxyConfiguration (kubeproxy.config.k8s.io/v1alpha1): its fields by minor, and its old defaults.

Sources: the type as it stood in the trees of 1.12 to 1.36, release notes, and files that kubeadm has written. ipvs.strictARP
came with the patches 1.13.6 (to within one) and 1.14.2.
"""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.fields import ComponentField
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.fields import field as _field

FIELDS: tuple[ComponentField, ...] = (
    _field("featureGates", "map:bool"),
    _field("bindAddress", "string", written=True),
    _field("bindAddressHardFail", "bool", 19, written=True),
    _field("healthzBindAddress", "string", written=True),
    _field("metricsBindAddress", "string", written=True),
    _field("enableProfiling", "bool", written=True),
    _field("clusterCIDR", "string", written=True),
    _field("hostnameOverride", "string", written=True),
    _field("clientConnection", "object", written=True),
    _field("clientConnection.kubeconfig", "string", written=True),
    _field("clientConnection.acceptContentTypes", "string", written=True),
    _field("clientConnection.contentType", "string", written=True),
    _field("clientConnection.qps", "number", written=True),
    _field("clientConnection.burst", "int", written=True),
    _field("iptables", "object", written=True),
    _field("iptables.masqueradeBit", "int?", written=True),
    _field("iptables.masqueradeAll", "bool", written=True),
    _field("iptables.localhostNodePorts", "bool?", 26, written=True),
    _field("iptables.syncPeriod", "duration", written=True),
    _field("iptables.minSyncPeriod", "duration", written=True),
    _field("ipvs", "object", written=True),
    _field("ipvs.syncPeriod", "duration", written=True),
    _field("ipvs.minSyncPeriod", "duration", written=True),
    _field("ipvs.scheduler", "string", written=True),
    _field("ipvs.excludeCIDRs", "list:string", written=True),
    _field("ipvs.strictARP", "bool", (13, 6), 13, written=True),
    _field("ipvs.strictARP", "bool", (14, 2), written=True),
    _field("ipvs.tcpTimeout", "duration", 18, written=True),
    _field("ipvs.tcpFinTimeout", "duration", 18, written=True),
    _field("ipvs.udpTimeout", "duration", 18, written=True),
    _field("nftables", "object", 29, written=True),
    _field("nftables.masqueradeBit", "int?", 29, written=True),
    _field("nftables.masqueradeAll", "bool", 29, written=True),
    _field("nftables.syncPeriod", "duration", 29, written=True),
    _field("nftables.minSyncPeriod", "duration", 29, written=True),
    _field("oomScoreAdj", "int?", written=True),
    _field("mode", "enum:|userspace|iptables|ipvs|nftables|kernelspace", written=True),
    _field("portRange", "string", written=True),
    _field("resourceContainer", "string", 12, 15, written=True),
    _field("udpIdleTimeout", "duration", 12, 25, written=True),
    _field("conntrack", "object", written=True),
    _field("conntrack.max", "int?", 12, 14, written=True),
    _field("conntrack.maxPerCore", "int?", written=True),
    _field("conntrack.min", "int?", written=True),
    _field("conntrack.tcpEstablishedTimeout", "duration?", written=True),
    _field("conntrack.tcpCloseWaitTimeout", "duration?", written=True),
    _field("conntrack.tcpBeLiberal", "bool", 29, written=True),
    _field("conntrack.udpTimeout", "duration", 29, written=True),
    _field("conntrack.udpStreamTimeout", "duration", 29, written=True),
    _field("configSyncPeriod", "duration", written=True),
    _field("nodePortAddresses", "list:string", written=True),
    _field("winkernel", "object", 14, written=True),
    _field("winkernel.networkName", "string", 14, written=True),
    _field("winkernel.sourceVip", "string", 14, written=True),
    _field("winkernel.enableDSR", "bool", 14, written=True),
    _field("winkernel.rootHnsEndpointName", "string", 24, written=True),
    _field("winkernel.forwardHealthCheckVip", "bool", 24, written=True),
    _field("showHiddenMetricsForVersion", "string", 18, written=True),
    _field("detectLocalMode", "enum:|ClusterCIDR|NodeCIDR|BridgeInterface|InterfaceNamePrefix", 18, written=True),
    _field("detectLocal", "object", 24, written=True),
    _field("detectLocal.bridgeInterface", "string", 24, written=True),
    _field("detectLocal.interfaceNamePrefix", "string", 24, written=True),
    _field("logging", "object", 28, written=True),
    _field("logging.format", "enum:text|json", 28),
    _field("logging.flushFrequency", "int|duration", 28, written=True),
    _field("logging.verbosity", "uint32", 28, written=True),
    _field("logging.vmodule", "list:object", 28),
    _field("logging.vmodule[].filePattern", "string", 28, written=True),
    _field("logging.vmodule[].verbosity", "uint32", 28, written=True),
    _field("logging.options", "object", 28, written=True),
    _field("logging.options.json", "object", 28, written=True),
    _field("logging.options.json.splitStream", "bool", 28),
    _field("logging.options.json.infoBufferSize", "quantity", 28, written=True),
    _field("logging.options.text", "object", 30, written=True),
    _field("logging.options.text.splitStream", "bool", 30),
    _field("logging.options.text.infoBufferSize", "quantity", 30, written=True),
    _field("windowsRunAsService", "bool", 31),
)

# What kubeadm 1.12 to 1.16 writes where nothing is set: kube-proxy's own defaults, as far as the minor has the field.
DEFAULTS: t.Mapping[str, t.Any] = {
    "clientConnection.burst": 10,
    "clientConnection.contentType": "application/vnd.kubernetes.protobuf",
    "clientConnection.qps": 5,
    "configSyncPeriod": "15m0s",
    "conntrack.maxPerCore": 32768,
    "conntrack.min": 131072,
    "conntrack.tcpCloseWaitTimeout": "1h0m0s",
    "conntrack.tcpEstablishedTimeout": "24h0m0s",
    "healthzBindAddress": "0.0.0.0:10256",
    "iptables.masqueradeBit": 14,
    "iptables.syncPeriod": "30s",
    "ipvs.syncPeriod": "30s",
    "metricsBindAddress": "127.0.0.1:10249",
    "oomScoreAdj": -999,
    "resourceContainer": "/kube-proxy",
    "udpIdleTimeout": "250ms",
}

__all__ = ("DEFAULTS", "FIELDS")
