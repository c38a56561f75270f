# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The diagnosis as the page that shows the preflight: components as columns."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.diagnosis.model import (
    FAILED,
    UNREACHABLE,
    DiagnosisReport,
    HostDiagnosis,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.html import html_page
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.model import (
    HostReport,
    Report,
    Words,
    host_report,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import ERROR, HINT, WARNING

_WORDS = Words("Diagnosis", "healthy")


def _host(host: HostDiagnosis) -> HostReport:
    if host.status == UNREACHABLE:
        return host_report(host.name, host.cluster, None, unreachable=host.message)
    if host.status == FAILED:
        return host_report(host.name, host.cluster, None, failure=host.message)
    checks = []
    for finding in host.findings:
        severity = ERROR if finding.acute else WARNING
        found = "\n".join([f"{finding.cause} ({finding.fault})", *finding.evidence])
        checks.append(_check(finding.component, severity, False, found, finding.cure))
    told = {finding.component for finding in host.findings}
    for component, said in host.components.items():
        if component not in told or said == "healthy":
            is_well = said == "healthy"
            severity = ERROR if is_well else HINT
            cure = "" if is_well else "It fails for another one, or has just been started."
            checks.append(_check(component, severity, is_well, said, cure))
    return host_report(host.name, host.cluster, {"checks": checks}, kubernetes_version=host.kubernetes_version)


def _check(name: str, severity: str, passed: bool, found: str, cure: str) -> dict[str, object]:
    return {"name": name, "severity": severity, "passed": passed, "found": found, "wanted": "healthy", "cure": cure}


def page(report: DiagnosisReport) -> str:
    """The page, whole."""
    hosts = [_host(host) for host in report.hosts]
    return html_page(Report(report.collection_version, report.created, hosts, _WORDS))


__all__ = ("page",)
