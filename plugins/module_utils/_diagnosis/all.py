# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What is wrong with a control plane: all judges, and the root cause first.

What a component needs comes before it: disks, the runtime, the kubelet, etcd, the API server, then the others. A fault that nothing
has failed by yet, as a certificate that has expired and was not read again, comes behind those by which something has.
"""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.api_server import judge_api_server
from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.certificates import (
    Finding,
    is_cut_off,
    judge_certificates,
    judge_kubeconfigs,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.container_runtime import (
    is_stopped,
    judge_runtime,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.etcd import (
    judge_etcd,
    takes_no_writes,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.files import judge_files
from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.kubelet import (
    judge_manifests,
    judge_service,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.pods import judge_pod
from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.ports import judge_ports
from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.situation import Situation, expected
from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.storage import judge_storage
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import COMPONENTS, NEEDS
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.last_words import last_log_lines
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.verdict import (
    ENDS_ITSELF,
    Verdict,
    redacted_verdict,
)

# For so many seconds what has been started may go on to start: the startup probes of kubeadm's manifests give it 4 minutes, and a
# usual host takes less than one.
STARTING = 60.0
NOT_HEALTHY = "NotHealthy"
# What the kubelet or etcd has said itself, also of what is just being started.
_TOLD = ("ImageMissing", "SandboxFailed", "LivenessProbeFails", "EtcdNoQuorum")


class Diagnosis(t.NamedTuple):
    """health: what is said of each component, C(healthy) or why it is not. acute: what something fails by, the root cause first.

    other: what is wrong, and nothing fails by it yet. starting: the components that have just been started.
    """

    health: t.Mapping[str, str]
    acute: t.Sequence[Verdict]
    other: t.Sequence[Verdict]
    starting: t.Sequence[str]


def _starting(seen: Situation, component: str, is_crashing: bool) -> bool:
    """Whether a component, or the kubelet that starts it, runs for less than it may take."""
    kubelet, own = seen.running.get("kubelet"), seen.running.get(component)
    if kubelet is None or is_crashing:
        return False
    pod = seen.pods.get(component)
    times = seen.host.times(pod.path) if pod is not None else None
    begin = own.started if own is not None else max(kubelet.started, times[0] if times is not None else 0.0)
    return 0 <= seen.now - begin < STARTING


def _unexplained(seen: Situation, component: str) -> Verdict:
    health = seen.health[component]
    evidence = [" ".join(health.text.split())[:200] or f"HTTP status {health.status}"]
    if component != "kubelet":
        evidence += [f"log: {row}" for row in last_log_lines(seen.host, component, seen.layout.pod_logs)[-2:]]
    evidence += [f"journal: {row}" for row in seen.journal[-1:]] if component not in seen.running else []
    return Verdict(
        component,
        NOT_HEALTHY,
        "is not healthy, and nothing says why",
        evidence,
        "See its log and 'journalctl -u kubelet'.",
        False,
    )


def _by_component(seen: Situation, component: str) -> t.Iterator[Finding]:
    pod = seen.pods.get(component)
    if component == "kubelet":
        found = [*judge_service(seen), *judge_manifests(seen)]
    elif pod is None:
        found = []
    else:
        found = [*judge_files(seen, pod), *judge_pod(seen, pod)]
    if component == "kube-apiserver":
        found += judge_api_server(seen)
    if component == "etcd":
        # A server that is well itself may take no more writes.
        yield from (Finding(verdict, (component, "kube-apiserver")) for verdict in judge_etcd(seen))
    for verdict in found:
        # By this nothing fails before the host is started again.
        yield Finding(verdict, () if verdict.fault == "KubeletDisabled" else (verdict.component, component))


def _findings(seen: Situation) -> list[Finding]:
    """All, in the order in which components need each other; what is certain of a component comes first."""
    hosts = [Finding(verdict, COMPONENTS) for verdict in [*judge_storage(seen), *judge_runtime(seen)]]
    certificates = [*judge_certificates(seen), *judge_kubeconfigs(seen)]
    ports = judge_ports(seen)
    found = hosts
    for component in COMPONENTS:
        own = [finding for finding in certificates if finding.verdict.component == component]
        own += [Finding(verdict, (component,)) for verdict in ports.get(component, [])]
        own += _by_component(seen, component)
        found += sorted(own, key=lambda finding: not finding.verdict.is_sure)
    return found


def _is_explained(finding: Finding, unhealthy: t.Collection[str]) -> bool:
    """Whether a component only fails for one that it needs. What it said last is that, however often it has ended."""
    verdict = finding.verdict
    is_its_own = verdict.is_sure and not verdict.passes and verdict.fault != ENDS_ITSELF
    return not is_its_own and bool(set(NEEDS.get(verdict.component, ())) & set(unhealthy))


def diagnose(seen: Situation) -> Diagnosis:
    """Judges what was seen. What has been started just now is not judged by its silence."""
    wanted = expected(seen.manifests)
    unhealthy = [name for name in wanted if not seen.is_well(name)]
    findings = _findings(seen)
    crashing = {name for name, ended in seen.ended.items() if any(item.exit_code for item in ended)}
    starting = [name for name in unhealthy if _starting(seen, name, name in crashing)]
    away = {*unhealthy, *seen.manifests.missing}
    concerned = [
        finding
        for finding in findings
        if away.intersection(finding.concerns)
        or any(is_lost(finding.verdict) for is_lost in (is_stopped, takes_no_writes, is_cut_off))
    ]
    failing = [finding for finding in concerned if not _is_explained(finding, unhealthy)]
    acute = [finding.verdict for finding in failing]
    explained = {name for finding in failing for name in (finding.verdict.component, *finding.concerns)}
    for name in unhealthy:
        if name not in explained and name not in starting and not {*NEEDS[name]} & {*unhealthy}:
            acute.append(_unexplained(seen, name))
    acute = [item for item in acute if item.is_sure or item.component not in starting or item.fault in _TOLD]
    others = [finding.verdict for finding in findings if finding not in concerned]
    health = {
        name: "healthy" if name not in unhealthy else " ".join(seen.health[name].text.split())[:200] for name in wanted
    }
    return Diagnosis(
        health,
        [redacted_verdict(verdict) for verdict in dict.fromkeys(map(_frozen, acute))],
        [redacted_verdict(verdict) for verdict in dict.fromkeys(map(_frozen, others))],
        starting,
    )


def _frozen(verdict: Verdict) -> Verdict:
    return verdict._replace(evidence=tuple(verdict.evidence))


__all__ = ("NOT_HEALTHY", "STARTING", "Diagnosis", "diagnose")
