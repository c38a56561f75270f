# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""D9.2, D12.2: the fields of the kubelet's and kube-proxy's configurations, their kinds, and the minors that have them.

A line with a range, whether the fields are always written, and their kind stands above the paths that it is true of.
"""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release import (
    kube_proxy_fields as kube_proxy_table,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release import kubelet_fields as kubelet_table
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.release import Release

KUBELET = """
12-37 optional string
    staticPodPath staticPodURL address tlsCertFile tlsPrivateKeyFile authentication.x509.clientCAFile
    healthzBindAddress clusterDomain kubeletCgroups systemCgroups cgroupRoot podCIDR contentType
    containerLogMaxSize systemReservedCgroup kubeReservedCgroup
12-37 written duration
    syncFrequency fileCheckFrequency httpCheckFrequency authentication.webhook.cacheTTL
    authorization.webhook.cacheAuthorizedTTL authorization.webhook.cacheUnauthorizedTTL
    streamingConnectionIdleTimeout nodeStatusUpdateFrequency imageMinimumGCAge volumeStatsAggPeriod
    cpuManagerReconcilePeriod runtimeRequestTimeout evictionPressureTransitionPeriod
12-37 optional map:list:string
    staticPodURLHeader
12-37 optional int
    port readOnlyPort registryBurst eventBurst nodeLeaseDurationSeconds maxPods kubeAPIBurst
    evictionMaxPodGracePeriod podsPerCore
12-37 optional int64
    maxOpenFiles
12-37 optional int64?
    podPidsLimit
12-37 optional list:string
    tlsCipherSuites clusterDNS enforceNodeAllocatable
12-37 optional bool
    rotateCertificates serverTLSBootstrap enableContentionProfiling protectKernelDefaults
12-37 written object
    authentication authentication.x509 authentication.webhook authentication.anonymous authorization
    authorization.webhook
12-37 optional bool?
    authentication.webhook.enabled authentication.anonymous.enabled enableDebuggingHandlers cgroupsPerQOS
    cpuCFSQuota serializeImagePulls enableControllerAttachDetach makeIPTablesUtilChains failSwapOn
12-37 optional enum:AlwaysAllow|Webhook
    authorization.mode
12-37 optional int?
    registryPullQPS eventRecordQPS healthzPort oomScoreAdj imageGCHighThresholdPercent imageGCLowThresholdPercent
    kubeAPIQPS iptablesMasqueradeBit iptablesDropBit containerLogMaxFiles
12-37 optional enum:cgroupfs|systemd
    cgroupDriver
12-37 optional enum:VersionTLS10|VersionTLS11|VersionTLS12|VersionTLS13
    tlsMinVersion
12-37 optional enum:none|static
    cpuManagerPolicy
12-37 optional map:string
    qosReserved evictionHard evictionSoft evictionSoftGracePeriod evictionMinimumReclaim systemReserved
    kubeReserved
12-37 optional enum:promiscuous-bridge|hairpin-veth|none
    hairpinMode
12-22 optional string
    resolvConf
23-37 optional string?
    resolvConf registerWithTaints[].timeAdded
12-37 optional duration?
    cpuCFSQuotaPeriod
12-37 optional map:bool
    featureGates
12-37 optional enum:Get|Cache|Watch
    configMapAndSecretChangeDetectionStrategy
13-37 written duration
    nodeStatusReportFrequency
16-37 optional enum:none|best-effort|restricted|single-numa-node
    topologyManagerPolicy
16-37 optional list:string
    allowedUnsafeSysctls
17-37 optional string
    reservedSystemCPUs
18-37 optional string
    showHiddenMetricsForVersion
19-37 optional bool?
    enableServer enableSystemLogHandler
19-37 optional string
    providerID volumePluginDir
19-37 optional int?
    nodeStatusMaxImages
19-37 optional bool
    runOnce kernelMemcgNotification
19-37 written object
    logging
19-37 optional enum:text|json
    logging.format
20-23 optional bool
    logging.sanitization
20-37 optional enum:container|pod
    topologyManagerScope
20-37 written duration
    shutdownGracePeriod shutdownGracePeriodCriticalPods
21-37 optional enum:None|Static
    memoryManagerPolicy
21-37 optional list:object
    reservedMemory
21-37 written int
    reservedMemory[].numaNode
21-37 written map:quantity
    reservedMemory[].limits
21-37 optional bool?
    enableProfilingHandler enableDebugFlagsHandler
22-37 written object
    memorySwap
22-33 optional string
    memorySwap.swapBehavior
34-37 optional enum:NoSwap|LimitedSwap
    memorySwap.swapBehavior
22-37 optional map:string
    cpuManagerPolicyOptions
22-37 optional bool?
    seccompDefault
22-37 optional number?
    memoryThrottlingFactor
23-37 optional list:object
    shutdownGracePeriodByPodPriority registerWithTaints logging.vmodule
23-37 written int
    shutdownGracePeriodByPodPriority[].priority
23-37 written int64
    shutdownGracePeriodByPodPriority[].shutdownGracePeriodSeconds
23-37 written uint32
    logging.verbosity logging.vmodule[].verbosity
23-37 written string
    registerWithTaints[].key registerWithTaints[].effect logging.vmodule[].filePattern
23-37 optional string
    registerWithTaints[].value
23-37 optional bool?
    registerNode
23-27 written int64
    logging.flushFrequency
28-37 written int|duration
    logging.flushFrequency
23-37 written object
    logging.options logging.options.json
23-37 optional bool
    logging.options.json.splitStream
23-37 written quantity
    logging.options.json.infoBufferSize
25-37 optional object?
    tracing
25-37 optional string?
    tracing.endpoint
25-37 optional int?
    tracing.samplingRatePerMillion
25-37 optional bool?
    localStorageCapacityIsolation
26-37 optional map:string
    topologyManagerPolicyOptions
27-37 written string
    containerRuntimeEndpoint
27-37 optional string
    imageServiceEndpoint
27-37 optional int?
    maxParallelImagePulls
27-37 optional bool?
    enableSystemLogQuery
29-37 written duration
    imageMaximumGCAge
30-37 optional string
    podLogsDir
30-37 optional int?
    containerLogMaxWorkers
30-37 optional duration?
    containerLogMonitorInterval
30-37 written object
    logging.options.text
30-37 optional bool
    logging.options.text.splitStream
30-37 written quantity
    logging.options.text.infoBufferSize
31-37 optional bool?
    failCgroupV1
32-37 written object
    crashLoopBackOff
32-37 optional duration?
    crashLoopBackOff.maxContainerRestartPeriod
32-37 optional bool?
    singleProcessOOMKill
33-37 optional bool?
    mergeDefaultEvictionSettings
33-37 optional enum:NeverVerify|NeverVerifyPreloadedImages|NeverVerifyAllowlistedImages|AlwaysVerify
    imagePullCredentialsVerificationPolicy
33-37 optional list:string
    preloadedImagesVerificationAllowlist
33-37 optional object?
    userNamespaces
33-37 optional int64?
    userNamespaces.idsPerPod
36-37 optional list:int
    tlsCurvePreferences
36-37 optional enum:None|TieredReservation
    memoryReservationPolicy
37-37 optional map:string
    defaultPodSysctls
"""
KUBE_PROXY = """
12-37 optional map:bool
    featureGates
12-37 written string
    bindAddress healthzBindAddress metricsBindAddress clusterCIDR hostnameOverride clientConnection.kubeconfig
    clientConnection.acceptContentTypes clientConnection.contentType ipvs.scheduler portRange
19-37 written bool
    bindAddressHardFail
12-37 written bool
    enableProfiling iptables.masqueradeAll
12-37 written object
    clientConnection iptables ipvs conntrack
12-37 written number
    clientConnection.qps
12-37 written int
    clientConnection.burst
12-37 written int?
    iptables.masqueradeBit oomScoreAdj conntrack.maxPerCore conntrack.min
26-37 written bool?
    iptables.localhostNodePorts
12-37 written duration
    iptables.syncPeriod iptables.minSyncPeriod ipvs.syncPeriod ipvs.minSyncPeriod configSyncPeriod
12-37 written list:string
    ipvs.excludeCIDRs nodePortAddresses
13.6-13,14.2-37 written bool
    ipvs.strictARP
18-37 written duration
    ipvs.tcpTimeout ipvs.tcpFinTimeout ipvs.udpTimeout
29-37 written object
    nftables
29-37 written int?
    nftables.masqueradeBit
29-37 written bool
    nftables.masqueradeAll conntrack.tcpBeLiberal
29-37 written duration
    nftables.syncPeriod nftables.minSyncPeriod conntrack.udpTimeout conntrack.udpStreamTimeout
12-37 written enum:|userspace|iptables|ipvs|nftables|kernelspace
    mode
12-15 written string
    resourceContainer
12-25 written duration
    udpIdleTimeout
12-14 written int?
    conntrack.max
12-37 written duration?
    conntrack.tcpEstablishedTimeout conntrack.tcpCloseWaitTimeout
14-37 written object
    winkernel
14-37 written string
    winkernel.networkName winkernel.sourceVip
14-37 written bool
    winkernel.enableDSR
24-37 written string
    winkernel.rootHnsEndpointName detectLocal.bridgeInterface detectLocal.interfaceNamePrefix
24-37 written bool
    winkernel.forwardHealthCheckVip
18-37 written string
    showHiddenMetricsForVersion
18-37 written enum:|ClusterCIDR|NodeCIDR|BridgeInterface|InterfaceNamePrefix
    detectLocalMode
24-37 written object
    detectLocal
28-37 written object
    logging logging.options logging.options.json
28-37 optional enum:text|json
    logging.format
28-37 written int|duration
    logging.flushFrequency
28-37 written uint32
    logging.verbosity logging.vmodule[].verbosity
28-37 optional list:object
    logging.vmodule
28-37 written string
    logging.vmodule[].filePattern
28-37 optional bool
    logging.options.json.splitStream
28-37 written quantity
    logging.options.json.infoBufferSize
30-37 written object
    logging.options.text
30-37 optional bool
    logging.options.text.splitStream
30-37 written quantity
    logging.options.text.infoBufferSize
31-37 optional bool
    windowsRunAsService
"""
# What the components' defaults of 1.12 to 1.16 add where nothing is set is in the facts of the whole files.
Row = tuple[str, str, str]


def _facts(text: str) -> t.Iterator[tuple[str, Row]]:
    """(path, (range, written or optional, kind))."""
    head: Row = ("", "", "")
    for line in text.strip().splitlines():
        if line.startswith(" "):
            for path in line.split():
                yield path, head
        else:
            head = t.cast(Row, tuple(line.split(" ", 2)))


def _holds(version: tuple[int, int], ranges: str) -> bool:
    for part in ranges.split(","):
        first, last = part.split("-")
        minor, _dot, patch = first.partition(".")
        if (int(minor), int(patch or 0)) <= version and version[0] <= int(last):
            return True
    return False


VERSIONS = [(minor, 0) for minor in range(12, 38)] + [(13, 5), (13, 6), (13, 12), (14, 1), (14, 2)]


@pytest.mark.parametrize("version", VERSIONS, ids=["1.%d.%d" % version for version in VERSIONS])
@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (KUBELET, lambda release: release.kubelet_fields),
        (KUBE_PROXY, lambda release: release.kube_proxy_fields),
    ],
    ids=["KubeletConfiguration", "KubeProxyConfiguration"],
)
def test_fields(text: str, fields: t.Callable[[Release], t.Any], version: tuple[int, int]) -> None:
    """Breaks when a field is refused that a minor has, taken that it has not, or written in another form."""
    expected = {
        path: (kind, written == "written") for path, (ranges, written, kind) in _facts(text) if _holds(version, ranges)
    }
    found = {path: (field.kind, field.written) for path, field in fields(Release("v1.%d.%d" % version)).items()}
    assert found == expected


@pytest.mark.parametrize("table", [kubelet_table, kube_proxy_table], ids=["kubelet", "kube-proxy"])
def test_no_two_rows_of_a_field_hold_at_once(table: t.Any) -> None:
    """Breaks when one row of a field hides another."""
    for version in VERSIONS:
        paths = [row.path for row in table.FIELDS if row.first <= version <= row.last]
        assert len(set(paths)) == len(paths)


@pytest.mark.parametrize("table", [kubelet_table, kube_proxy_table], ids=["kubelet", "kube-proxy"])
def test_every_default_is_that_of_a_field(table: t.Any) -> None:
    """Breaks when a default of 1.12 to 1.16 is misspelt and so is never written."""
    assert set(table.DEFAULTS) <= {row.path for row in table.FIELDS if row.first[0] <= 16}
