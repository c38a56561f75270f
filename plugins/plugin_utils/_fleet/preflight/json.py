# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The report for programs."""

from __future__ import annotations

import json
import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.model import (
    COLLECTION,
    WAIVED,
    Report,
    count_outcomes,
    count_statuses,
    failing,
    outcome,
)

VERSION = 1


def document(report: Report) -> dict[str, t.Any]:
    """The report in JSON's types. What is there keeps its name and meaning as long as C(version) is 1.

    version: 1
    collection: {name, version}
    created: UTC in ISO 8601
    failing: whether the run failed, as its exit code says
    summary: {hosts: {total, passed, warnings, failed, unreachable, invalid}: numbers of hosts,
    checks: {total, ok, hint, warning, waived, error}: numbers of checks of all hosts}
    hosts: a list of {name, cluster, kubernetes_version, status, message, checks}, in the order of the inventory
    hosts[].status: passed, warnings, failed, unreachable or invalid
    hosts[].checks: a list of {name, severity, passed, ignored, outcome, found, wanted, cure}; names may repeat
    hosts[].checks[].outcome: ok, hint, warning, waived or error
    waived: a list of {host, name, found}, every error that was waived
    """
    outcomes = count_outcomes(row for host in report.hosts for row in host.checks)
    return {
        "version": VERSION,
        "collection": {"name": COLLECTION, "version": report.collection_version},
        "created": report.created,
        "failing": failing(report),
        "summary": {
            "hosts": dict(total=len(report.hosts), **count_statuses(report)),
            "checks": dict(total=sum(outcomes.values()), **outcomes),
        },
        "hosts": [
            {
                "name": host.name,
                "cluster": host.cluster,
                "kubernetes_version": host.kubernetes_version,
                "status": host.status,
                "message": host.message,
                "checks": [dict(row._asdict(), outcome=outcome(row)) for row in host.checks],
            }
            for host in report.hosts
        ],
        "waived": [
            {"host": host.name, "name": row.name, "found": row.found}
            for host in report.hosts
            for row in host.checks
            if outcome(row) == WAIVED
        ],
    }


def json_text(report: Report) -> str:
    """The document as ASCII text with an end of line."""
    return json.dumps(document(report), indent=2) + "\n"


__all__ = ("VERSION", "document", "json_text")
