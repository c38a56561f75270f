# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The failures of a report by check: what several hosts have in common is one finding."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.model import (
    INVALID,
    OK,
    OUTCOMES,
    UNREACHABLE,
    Report,
    Row,
    check_names,
    outcome,
)


class Finding(t.NamedTuple):
    """One failure. row: what all of the hosts have. hosts: their names, in the report's order."""

    row: Row
    hosts: list[str]


class CheckFindings(t.NamedTuple):
    """All failures of one check with the same outcome, the most frequent first. outcome: any of the model but C(ok)."""

    name: str
    outcome: str
    findings: list[Finding]


class MissingHosts(t.NamedTuple):
    """Hosts without a verdict for the same reason. status: C(unreachable) or C(invalid)."""

    status: str
    message: str
    hosts: list[str]


def check_findings(report: Report) -> list[CheckFindings]:
    """Errors first, then waived errors, warnings and hints; in each the checks in the order of their first appearance."""
    order = {name: number for number, name in enumerate(check_names(report))}
    grouped: dict[tuple[int, int], dict[Row, list[str]]] = {}
    for host in report.hosts:
        for row in dict.fromkeys(host.checks):
            if outcome(row) != OK:
                key = (OUTCOMES.index(outcome(row)), order[row.name])
                grouped.setdefault(key, {}).setdefault(row, []).append(host.name)
    found = []
    for _key, rows in sorted(grouped.items()):
        findings = sorted((Finding(row, hosts) for row, hosts in rows.items()), key=lambda item: -len(item.hosts))
        first = findings[0].row
        found.append(CheckFindings(first.name, outcome(first), findings))
    return found


def missing_hosts(report: Report) -> list[MissingHosts]:
    """The unreachable hosts, then the invalid ones, each reason once."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for status in (UNREACHABLE, INVALID):
        for host in report.hosts:
            if host.status == status:
                grouped.setdefault((status, host.message), []).append(host.name)
    return [MissingHosts(status, message, hosts) for (status, message), hosts in grouped.items()]


__all__ = ("CheckFindings", "Finding", "MissingHosts", "check_findings", "missing_hosts")
