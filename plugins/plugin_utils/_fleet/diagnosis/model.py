# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The diagnosis of many hosts as values."""

from __future__ import annotations

import functools
import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.registered import (
    Registered,
    absence,
    guarded,
)

HEALTHY, STARTS, FAULTY, UNREACHABLE, FAILED = "healthy", "starts", "faulty", "unreachable", "failed"


class Finding(t.NamedTuple):
    """What is wrong with a host; see the module diagnosis_info."""

    component: str
    fault: str
    acute: bool
    sure: bool
    cause: str
    evidence: t.Sequence[str]
    cure: str


class HostDiagnosis(t.NamedTuple):
    """status: C(healthy), C(starts) (not healthy yet, and started just now), C(faulty), C(unreachable), or C(failed), where nobody
    could look. message: why, of the last two. components: what each says.
    """

    name: str
    cluster: str
    status: str
    message: str
    kubernetes_version: str
    components: t.Mapping[str, str]
    findings: t.Sequence[Finding]


class DiagnosisReport(t.NamedTuple):
    """created: UTC in ISO 8601."""

    collection_version: str
    created: str
    hosts: t.Sequence[HostDiagnosis]


def _finding(item: t.Mapping[str, t.Any]) -> Finding:
    texts = {name: str(item[name]) for name in ("component", "fault", "cause", "cure")}
    evidence = [str(line) for line in item["evidence"]]
    return Finding(acute=bool(item["acute"]), sure=bool(item["sure"]), evidence=evidence, **texts)


def _host(name: str, cluster: str, registered: Registered) -> HostDiagnosis:
    missing = absence([(registered, "findings")])
    if missing is not None:
        status = UNREACHABLE if missing.unreachable else FAILED
        return HostDiagnosis(name, cluster, status, missing.message, "", {}, [])
    findings = [_finding(item) for item in registered["findings"]]
    status = HEALTHY
    if not registered["healthy"]:
        status = FAULTY if any(finding.acute for finding in findings) or not registered["starting"] else STARTS
    components = {str(component): str(said) for component, said in registered["components"].items()}
    return HostDiagnosis(name, cluster, status, "", str(registered["kubernetes_version"]), components, findings)


def diagnosis_report(outcomes: t.Mapping[str, tuple[str, Registered]], version: str, created: str) -> DiagnosisReport:
    """The report of hosts, each with its cluster and what diagnosis_info returned. version: the collection's."""
    hosts = []
    for name, (cluster, registered) in outcomes.items():
        hosts.append(
            guarded(
                functools.partial(_host, name, cluster, registered),
                lambda why, name=name, cluster=cluster: HostDiagnosis(name, cluster, FAILED, why, "", {}, []),  # type: ignore[misc]
            )
        )
    return DiagnosisReport(version, created, hosts)


def is_failing(host: HostDiagnosis) -> bool:
    """Whether a host is not well, or nobody knows."""
    return host.status != HEALTHY or bool(host.findings)


__all__ = (
    "FAILED",
    "FAULTY",
    "HEALTHY",
    "STARTS",
    "UNREACHABLE",
    "DiagnosisReport",
    "Finding",
    "HostDiagnosis",
    "diagnosis_report",
    "is_failing",
)
