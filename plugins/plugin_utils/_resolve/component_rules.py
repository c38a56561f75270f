# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What kubeadm until 1.16, and the components themselves ever since, refuse in their configurations."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base import network
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.duration import nanoseconds
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import Fault
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.kinds import shown
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.resource_rules import resource_faults

Values = t.Mapping[str, t.Any]

_MOST = 2**63 - 1
# The least and the greatest value of a number, by its path.
_KUBELET_RANGES: t.Mapping[str, tuple[int, int]] = {
    "containerLogMaxWorkers": (1, _MOST),
    "eventBurst": (0, _MOST),
    "eventRecordQPS": (0, _MOST),
    "healthzPort": (0, 65535),
    "imageGCHighThresholdPercent": (0, 100),
    "imageGCLowThresholdPercent": (0, 100),
    "iptablesDropBit": (0, 31),
    "iptablesMasqueradeBit": (0, 31),
    "kubeAPIBurst": (0, _MOST),
    "kubeAPIQPS": (0, _MOST),
    "logging.verbosity": (0, _MOST),
    "maxOpenFiles": (0, _MOST),
    "maxParallelImagePulls": (1, _MOST),
    "maxPods": (0, _MOST),
    "nodeLeaseDurationSeconds": (0, _MOST),
    "nodeStatusMaxImages": (-1, _MOST),
    "oomScoreAdj": (-1000, 1000),
    "podsPerCore": (0, _MOST),
    "port": (0, 65535),
    "readOnlyPort": (0, 65535),
    "registryBurst": (0, _MOST),
    "registryPullQPS": (0, _MOST),
    "tracing.samplingRatePerMillion": (0, 1000000),
}
_KUBE_PROXY_RANGES: t.Mapping[str, tuple[int, int]] = {
    "clientConnection.burst": (0, _MOST),
    "conntrack.max": (0, _MOST),
    "conntrack.maxPerCore": (0, _MOST),
    "conntrack.min": (0, _MOST),
    "iptables.masqueradeBit": (0, 31),
    "logging.verbosity": (0, _MOST),
    "oomScoreAdj": (-1000, 1000),
}
_NFTABLES_RANGES: t.Mapping[str, tuple[int, int]] = {"nftables.masqueradeBit": (0, 31)}
_ALLOCATABLE = (
    "none",
    "pods",
    "system-reserved",
    "kube-reserved",
    "system-reserved-compressible",
    "kube-reserved-compressible",
)
_SCHEDULERS = ("", "rr", "wrr", "lc", "wlc", "lblc", "lblcr", "sh", "dh", "sed", "nq")
_PORT_RANGE = re.compile(r"([0-9]{1,5})(?:([-+])([0-9]{1,5}))?\Z")
_CPU_LIST = re.compile(r"[0-9]{1,5}(-[0-9]{1,5})?(,[0-9]{1,5}(-[0-9]{1,5})?)*\Z")
# Times that may not be below zero, beside the periods.
_KUBELET_TIMES = ("shutdownGracePeriod", "shutdownGracePeriodCriticalPods")
_KUBE_PROXY_TIMES = (
    "configSyncPeriod",
    "conntrack.tcpCloseWaitTimeout",
    "conntrack.tcpEstablishedTimeout",
    "conntrack.udpStreamTimeout",
    "conntrack.udpTimeout",
    "ipvs.tcpFinTimeout",
    "ipvs.tcpTimeout",
    "ipvs.udpTimeout",
    "udpIdleTimeout",
)
_GRACE_NANOSECONDS = 10**9
# The users of a pod come in blocks of so many.
_IDS = 65536


def _get(document: Values, path: str) -> t.Any:
    value: t.Any = document
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _range_faults(name: str, document: Values, ranges: t.Mapping[str, tuple[int, int]]) -> list[Fault]:
    faults = []
    for path, (least, most) in ranges.items():
        value = _get(document, path)
        if value is not None and not least <= value <= most:
            wanted = "%d to %d" % (least, most) if most != _MOST else "%d or more" % least
            faults.append(Fault(f"{name}.{path}", str(value), wanted, "Give such a number."))
    return faults


def _time_faults(name: str, document: Values, paths: t.Sequence[str]) -> list[Fault]:
    times = {path: _get(document, path) for path in paths}
    return [
        Fault(f"{name}.{path}", value, "a time of 0s or more", "Give such a time.")
        for path, value in times.items()
        if value is not None and nanoseconds(value) < 0
    ]


def _allocatable_faults(name: str, document: Values, none_without_qos: bool) -> list[Fault]:
    given = _get(document, "enforceNodeAllocatable") or []
    path, faults = f"{name}.enforceNodeAllocatable", []
    for item in given:
        if item not in _ALLOCATABLE:
            faults.append(Fault(path, item, ", ".join(_ALLOCATABLE), "Give one of them."))
        cgroup = {"system": "systemReservedCgroup", "kube": "kubeReservedCgroup"}.get(item.split("-")[0])
        if "-reserved" in item and cgroup is not None and not _get(document, cgroup):
            wanted = f"a cgroup, since enforceNodeAllocatable has {item}"
            faults.append(Fault(f"{name}.{cgroup}", "nothing", wanted, "Give it."))
    if "none" in given and len(given) > 1:
        faults.append(Fault(path, "none beside others", "none alone, or the others", "Take one out."))
    if _get(document, "cgroupsPerQOS") is False and (given != ["none"] or not none_without_qos):
        wanted, cure = "true: without it the kubelet enforces nothing, and kubeadm cannot write that", "Take it out."
        if none_without_qos:
            wanted, cure = "true, or false beside enforceNodeAllocatable [none]", "Change one of the two."
        faults.append(Fault(f"{name}.cgroupsPerQOS", "false", wanted, cure))
    return faults


def _cpu_faults(name: str, document: Values) -> list[Fault]:
    given = _get(document, "reservedSystemCPUs")
    if not given:
        return []
    faults = []
    ranges = [item.split("-") for item in given.split(",")]
    if not _CPU_LIST.match(given) or any(int(item[0]) > int(item[-1]) for item in ranges):
        faults.append(Fault(f"{name}.reservedSystemCPUs", shown(given), "a list like 0-3,8", "Give such a list."))
    for cgroup in ("systemReservedCgroup", "kubeReservedCgroup"):
        if _get(document, cgroup):
            faults.append(
                Fault(
                    f"{name}.{cgroup}", "a cgroup", "none, since reservedSystemCPUs is set", "Take one of the two out."
                )
            )
    return faults


def _memory_and_user_faults(name: str, document: Values) -> list[Fault]:
    factor, ids = _get(document, "memoryThrottlingFactor"), _get(document, "userNamespaces.idsPerPod")
    faults = []
    if factor is not None and not 0 < factor <= 1:
        wanted = "more than 0, and 1 at most"
        faults.append(Fault(f"{name}.memoryThrottlingFactor", str(factor), wanted, "Give such a number."))
    if ids is not None and not (0 < ids < 2**32 and ids % _IDS == 0):
        wanted = "%d or a multiple of it, below 2^32" % _IDS
        faults.append(Fault(f"{name}.userNamespaces.idsPerPod", str(ids), wanted, "Give such a number."))
    return faults


def kubelet_faults(name: str, document: Values, none_without_qos: bool, least_log_files: int | None) -> list[Fault]:
    """What is wrong in a KubeletConfiguration whose types are right.

    name: how messages call it. none_without_qos: whether the minor takes enforceNodeAllocatable [none] without cgroups
    for its classes of pods. least_log_files: how many files of a container's log it keeps at least,
    or None for any number.
    """
    ranges = dict(_KUBELET_RANGES)
    if least_log_files is not None:
        ranges["containerLogMaxFiles"] = (least_log_files, _MOST)
    faults = _range_faults(name, document, ranges) + _time_faults(name, document, _KUBELET_TIMES)
    faults += _memory_and_user_faults(name, document) + resource_faults(name, document)
    faults += _allocatable_faults(name, document, none_without_qos) + _cpu_faults(name, document)
    low, high = _get(document, "imageGCLowThresholdPercent"), _get(document, "imageGCHighThresholdPercent")
    low, high = 80 if low is None else low, 85 if high is None else high
    if low >= high and not any("ThresholdPercent" in fault.path for fault in faults):
        wanted = f"less than imageGCHighThresholdPercent ({high})"
        faults.append(Fault(f"{name}.imageGCLowThresholdPercent", str(low), wanted, "Change one of the two."))
    if _get(document, "systemCgroups") and not _get(document, "cgroupRoot"):
        faults.append(Fault(f"{name}.cgroupRoot", "nothing", "a cgroup, since systemCgroups is set", "Give it."))
    total, critical = (
        _get(document, key) or "0s" for key in ("shutdownGracePeriod", "shutdownGracePeriodCriticalPods")
    )
    for key, value in (("shutdownGracePeriod", total), ("shutdownGracePeriodCriticalPods", critical)):
        if 0 < nanoseconds(value) < _GRACE_NANOSECONDS:
            faults.append(Fault(f"{name}.{key}", value, "0s, or 1s or more", "Give such a time."))
    if nanoseconds(critical) > nanoseconds(total):
        wanted = f"at most shutdownGracePeriod ({total})"
        faults.append(Fault(f"{name}.shutdownGracePeriodCriticalPods", critical, wanted, "Change one of the two."))
    if (_get(document, "maxParallelImagePulls") or 1) > 1 and _get(document, "serializeImagePulls"):
        found = "%d" % _get(document, "maxParallelImagePulls")
        wanted = "1, since serializeImagePulls is true"
        faults.append(Fault(f"{name}.maxParallelImagePulls", found, wanted, "Change one of the two."))
    return faults


def _period_faults(name: str, document: Values, section: str) -> list[Fault]:
    least, period = _get(document, f"{section}.minSyncPeriod"), _get(document, f"{section}.syncPeriod")
    faults = _time_faults(name, document, [f"{section}.minSyncPeriod", f"{section}.syncPeriod"])
    # A period that is not set, or 0s, is the component's own.
    if least is not None and period not in (None, "0s") and nanoseconds(least) > nanoseconds(period):
        wanted = f"at most syncPeriod ({period})"
        faults.append(Fault(f"{name}.{section}.minSyncPeriod", least, wanted, "Change one of the two."))
    return faults


def _is_address(text: str, ports: bool) -> bool:
    host, port = network.split_endpoint(text)
    if port is not None and (not ports or not re.match(r"[0-9]{1,5}\Z", port) or not 1 <= int(port) <= 65535):
        return False
    return network.parse_ip(host) is not None


def _network_faults(name: str, document: Values) -> list[Fault]:
    faults = []
    for key, ports in (("bindAddress", False), ("healthzBindAddress", True), ("metricsBindAddress", True)):
        value = document.get(key)
        if value and not _is_address(value, ports):
            wanted = "an IP address with a port" if ports else "an IP address"
            faults.append(Fault(f"{name}.{key}", shown(value), wanted, "Give such an address."))
    cluster = network.split_subnets(document.get("clusterCIDR") or "")
    if len({network.is_ipv6(text) for text in cluster}) < len(cluster):
        wanted = "one subnet, or one of IPv4 and one of IPv6"
        faults.append(
            Fault(f"{name}.clusterCIDR", shown(",".join(cluster)), wanted, "Give at most one of each family.")
        )
    subnets = [("clusterCIDR", text) for text in cluster]
    subnets += [("nodePortAddresses", text) for text in document.get("nodePortAddresses") or [] if text != "primary"]
    subnets += [("ipvs.excludeCIDRs", text) for text in _get(document, "ipvs.excludeCIDRs") or []]
    for key, text in subnets:
        if network.parse_subnet(text) is None:
            faults.append(Fault(f"{name}.{key}", shown(text), "a subnet like 10.244.0.0/16", "Give such a subnet."))
    return faults


def _is_port_range(text: str) -> bool:
    match = _PORT_RANGE.match(text)
    if match is None:
        return False
    first, sign, second = int(match.group(1)), match.group(2), int(match.group(3) or match.group(1))
    last = first + second if sign == "+" else second
    return first <= last <= 65535


def kube_proxy_faults(name: str, document: Values, modes: t.Sequence[str]) -> list[Fault]:
    """What is wrong in a KubeProxyConfiguration whose types are right. modes: those of the minor."""
    faults = _range_faults(name, document, _KUBE_PROXY_RANGES) + _network_faults(name, document)
    faults += _time_faults(name, document, _KUBE_PROXY_TIMES)
    mode = document.get("mode") or ""
    if mode and mode not in modes:
        faults.append(Fault(f"{name}.mode", mode, ", ".join(modes), "Choose one of them."))
    faults += _period_faults(name, document, "iptables")
    if mode == "nftables":
        faults += _range_faults(name, document, _NFTABLES_RANGES) + _period_faults(name, document, "nftables")
    if mode == "ipvs":
        faults += _period_faults(name, document, "ipvs")
        scheduler = _get(document, "ipvs.scheduler") or ""
        if scheduler not in _SCHEDULERS:
            allowed = ", ".join(_SCHEDULERS[1:])
            faults.append(Fault(f"{name}.ipvs.scheduler", scheduler, allowed, "Choose one of them."))
    if document.get("portRange") and not _is_port_range(document["portRange"]):
        found = shown(document["portRange"])
        faults.append(Fault(f"{name}.portRange", found, "a range like 30000-32000", "Give such a range."))
    return faults


__all__ = ("kube_proxy_faults", "kubelet_faults")
