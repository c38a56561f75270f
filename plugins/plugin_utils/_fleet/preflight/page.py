# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What the page shows, as plain values: hosts as rows, checks as columns, and the details behind each cell."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.findings import (
    check_findings,
    missing_hosts,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.model import (
    COLLECTION,
    OK,
    OUTCOMES,
    WAIVED,
    HostReport,
    Report,
    Row,
    check_names,
    count_outcomes,
    count_statuses,
    is_failing,
    outcome,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import ERROR, HINT, WARNING

Values = dict[str, t.Any]

NOT_CHECKED = "none"
# As many columns as fit on a sheet in landscape with their words unturned.
_MOST_ON_PAPER = 20
# What a cell says: a colour alone says nothing to many.
LABELS: t.Mapping[str, str] = {
    OK: "ok",
    HINT: "hint",
    WARNING: "warn",
    ERROR: "error",
    WAIVED: "waived",
    NOT_CHECKED: "\u2013",
}
_OUTCOME_NAMES = {OK: "passed", HINT: "hint", WARNING: "warning", ERROR: "error", WAIVED: "waived error"}


def _cell(host: HostReport, name: str, rows: t.Sequence[Row]) -> Values:
    """The worst outcome of the rows of one name, and how many have it."""
    if not rows:
        reason = f"not checked, the host is {host.status}" if host.message else "not checked on this host"
        return {"outcome": NOT_CHECKED, "label": LABELS[NOT_CHECKED], "count": 0, "title": f"{name}: {reason}"}
    counts = count_outcomes(rows)
    worst = next(kind for kind in OUTCOMES if counts[kind])
    shown = [row for row in rows if outcome(row) == worst]
    title = [f"{name}: {_OUTCOME_NAMES[worst]}"]
    for row in shown:
        title += [f"Found: {row.found}"]
        title += [f"Wanted: {row.wanted}", f"Cure: {row.cure}"] if worst != OK else []
    return {"outcome": worst, "label": LABELS[worst], "count": counts[worst], "title": "\n".join(title)}


def _matrix(report: Report) -> list[Values]:
    names = check_names(report)
    matrix = []
    for host in report.hosts:
        by_name: dict[str, list[Row]] = {name: [] for name in names}
        for row in host.checks:
            by_name[row.name].append(row)
        cells = [_cell(host, name, rows) for name, rows in by_name.items()]
        title = f"{host.name}\n{host.message}".strip()
        matrix.append({"host": host, "title": title, "cells": cells})
    return matrix


def _columns(report: Report, matrix: t.Sequence[Values]) -> list[Values]:
    """The checks with their worst outcome and the number of hosts that do not pass."""
    columns = []
    for number, name in enumerate(check_names(report)):
        found = [line["cells"][number]["outcome"] for line in matrix]
        worst = next((kind for kind in OUTCOMES if kind in found), NOT_CHECKED)
        failed = sum(kind not in (OK, NOT_CHECKED) for kind in found)
        title = (
            f"{name}: passed everywhere"
            if not failed
            else "%s: %d of %d hosts with findings" % (name, failed, len(found))
        )
        columns.append({"name": name, "title": title, "outcome": worst, "failed": failed})
    return columns


def embedded_data(report: Report) -> Values:
    """What the page's script reads. Hosts share the rows that they have in common.

    checks: the names of the columns. rows: {check: number of the column, outcome, severity, found, wanted, cure}
    hosts: {name, cluster, version, status, message, cells: for each column the numbers of its rows}
    """
    columns = {name: number for number, name in enumerate(check_names(report))}
    numbers: dict[Row, int] = {}
    hosts = []
    for host in report.hosts:
        cells: list[list[int]] = [[] for _name in columns]
        for row in host.checks:
            cells[columns[row.name]].append(numbers.setdefault(row, len(numbers)))
        fields = {"name": host.name, "cluster": host.cluster, "version": host.kubernetes_version}
        hosts.append(dict(fields, status=host.status, message=host.message, cells=cells))
    rows = [
        {
            "check": columns[row.name],
            "outcome": outcome(row),
            "severity": row.severity,
            "found": row.found,
            "wanted": row.wanted,
            "cure": row.cure,
        }
        for row in numbers
    ]
    return {"checks": list(columns), "rows": rows, "hosts": hosts}


def _verdict(report: Report) -> str:
    total = len(report.hosts)
    failing = sum(is_failing(host) for host in report.hosts)
    good = report.words.good
    if not total:
        return "No host was checked"
    if total == 1:
        return f"The host is not {good}" if failing else f"The host is {good}"
    if not failing:
        return f"All {total} hosts are {good}"
    return f"{failing} of {total} hosts {'is' if failing == 1 else 'are'} not {good}"


def _bar(statuses: t.Mapping[str, int]) -> list[Values]:
    """The shares of the statuses as pieces of a bar that is as long as there are hosts."""
    pieces, start = [], 0
    for status, count in statuses.items():
        if count:
            pieces.append({"status": status, "start": start, "length": count})
        start += count
    return pieces


def page(report: Report) -> Values:
    """The variables of the page's template; all texts are still to be escaped."""
    matrix = _matrix(report)
    columns = _columns(report, matrix)
    statuses = count_statuses(report)
    return {
        "collection": COLLECTION,
        "report": report,
        "title": report.words.title,
        "verdict": _verdict(report),
        "failing": any(is_failing(host) for host in report.hosts),
        "statuses": statuses,
        "bar": _bar(statuses),
        "outcomes": count_outcomes(row for host in report.hosts for row in host.checks),
        "outcome_names": _OUTCOME_NAMES,
        "labels": LABELS,
        "columns": columns,
        "wide_on_paper": sum(bool(column["failed"]) for column in columns) > _MOST_ON_PAPER,
        "matrix": matrix,
        "clusters": any(host.cluster for host in report.hosts),
        "versions": any(host.kubernetes_version for host in report.hosts),
        "missing": missing_hosts(report),
        "findings": check_findings(report),
        "data": embedded_data(report),
    }


__all__ = ("LABELS", "NOT_CHECKED", "embedded_data", "page")
