# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The diagnosis for a terminal."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.diagnosis.model import (
    FAILED,
    FAULTY,
    HEALTHY,
    STARTS,
    UNREACHABLE,
    DiagnosisReport,
    Finding,
    HostDiagnosis,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.layout import wrap
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.model import COLLECTION

_INDENT = "     "
_STATUS = {
    HEALTHY: "healthy",
    STARTS: "starts",
    FAULTY: "not healthy",
    UNREACHABLE: "unreachable",
    FAILED: "not looked at",
}


def _indented(text: str, indent: str, width: int) -> list[str]:
    return [indent + line for line in wrap(text, width - len(indent))]


def _finding(number: int, finding: Finding, width: int) -> list[str]:
    first = f"  {number}. "
    kind = finding.fault if finding.sure else f"{finding.fault}, probably"
    cause = wrap(f"{finding.cause}. [{kind}]", width - len(first))
    lines = [first + cause[0], *(_INDENT + line for line in cause[1:])]
    for evidence in finding.evidence:
        lines += _indented(evidence, _INDENT + "  ", width)
    return lines + _indented(finding.cure, _INDENT, width)


def _host(host: HostDiagnosis, width: int) -> list[str]:
    shown = " ".join(part for part in (host.cluster, host.kubernetes_version) if part)
    head = f"{host.name}: {_STATUS[host.status]}" + (f" ({shown})" if shown else "")
    lines = [head, *_indented(host.message, "  ", width)] if host.message else [head]
    longest = max(map(len, host.components), default=0)
    for component, said in host.components.items():
        first = f"  {component.ljust(longest)}  "
        text = wrap(said, width - len(first))
        lines += [first + text[0], *(" " * len(first) + line for line in text[1:])]
    acute = [finding for finding in host.findings if finding.acute]
    for number, finding in enumerate(acute, 1):
        lines += _finding(number, finding, width)
    others = [finding for finding in host.findings if not finding.acute]
    if others:
        lines.append("  Nothing fails by these yet:")
        for number, finding in enumerate(others, len(acute) + 1):
            lines += _finding(number, finding, width)
    return lines


def _summary(report: DiagnosisReport) -> str:
    statuses = [host.status for host in report.hosts]
    counts = [f"{statuses.count(status)} {word}" for status, word in _STATUS.items() if status in statuses]
    count = "1 host" if len(statuses) == 1 else f"{len(statuses)} hosts"
    return f"{count}: {', '.join(counts)}."


def table(report: DiagnosisReport, width: int) -> str:
    """Host by host, and a line that counts them."""
    count = "1 host" if len(report.hosts) == 1 else f"{len(report.hosts)} hosts"
    lines = wrap(f"Diagnosis of {count}, {COLLECTION} {report.collection_version}, {report.created}", width)
    for host in report.hosts:
        lines += ["", *_host(host, width)]
    return "\n".join([*lines, "", *wrap(_summary(report), width)]) + "\n"


__all__ = ("table",)
