# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The preflight of many hosts as values: every outcome, the state of each host and the verdict."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import ERROR, HINT, WARNING

COLLECTION = "kubewright.control_plane"

PASSED, WARNINGS, FAILED, UNREACHABLE, INVALID = "passed", "warnings", "failed", "unreachable", "invalid"
STATUSES = (PASSED, WARNINGS, FAILED, UNREACHABLE, INVALID)

OK, WAIVED = "ok", "waived"
# The worst first.
OUTCOMES = (ERROR, WAIVED, WARNING, HINT, OK)


class Row(t.NamedTuple):
    """The outcome of one check on one host, as preflight_check returns it. Several rows of a host may have one name.

    severity: what a failure means, C(error), C(warning) or C(hint). ignored: whether the user waives a failure.
    found, wanted: texts without secrets. cure: a sentence.
    """

    name: str
    severity: str
    passed: bool
    ignored: bool
    found: str
    wanted: str
    cure: str


class HostReport(t.NamedTuple):
    """What is known of one host.

    status: one of C(STATUSES). message: why the host is unreachable or invalid, maybe of several lines; otherwise empty.
    cluster, kubernetes_version: empty where nobody knows. checks: in the order in which they ran.
    """

    name: str
    cluster: str
    status: str
    message: str
    kubernetes_version: str
    checks: list[Row]


class Words(t.NamedTuple):
    """What a report is called, and what a host is that has passed."""

    title: str
    good: str


class Report(t.NamedTuple):
    """A run of playbooks/preflight.yml, or another one that is shown as that is. created: UTC in ISO 8601 (C(2026-01-31T12:00:00Z))."""

    collection_version: str
    created: str
    hosts: list[HostReport]
    words: Words = Words("Preflight", "ready")


def outcome(row: Row) -> str:
    """What a row means for the host: C(ok), C(hint), C(warning), C(waived) or C(error). An unknown severity is an error."""
    if row.passed:
        return OK
    if row.severity in (HINT, WARNING):
        return row.severity
    return WAIVED if row.ignored else ERROR


def count_outcomes(rows: t.Iterable[Row]) -> dict[str, int]:
    """How many rows have each outcome; every outcome is a key."""
    found = dict.fromkeys(OUTCOMES, 0)
    for row in rows:
        found[outcome(row)] += 1
    return found


def count_statuses(report: Report) -> dict[str, int]:
    """How many hosts have each status; every status is a key."""
    found = dict.fromkeys(STATUSES, 0)
    for host in report.hosts:
        found[host.status] += 1
    return found


def _row(check: t.Mapping[str, t.Any]) -> Row:
    texts = {name: str(check[name]) for name in ("name", "severity", "found", "wanted", "cure")}
    return Row(passed=bool(check["passed"]), ignored=bool(check.get("ignored", False)), **texts)


def _status(rows: t.Sequence[Row]) -> str:
    counts = count_outcomes(rows)
    if counts[ERROR]:
        return FAILED
    return WARNINGS if counts[WAIVED] or counts[WARNING] else PASSED


def host_report(
    name: str,
    cluster: str,
    result: t.Mapping[str, t.Any] | None,
    unreachable: str | None = None,
    failure: str | None = None,
    kubernetes_version: str = "",
) -> HostReport:
    """The report of a host from what Ansible knows of it.

    result: what preflight_check returned, whether it failed or not; None where it did not run.
    unreachable: why the host could not be reached, None where it could.
    failure: why its configuration cannot be used or the module broke, None where the checks ran, even if some failed.

    A host on which no check ran is invalid and never passed; its message is then the result's C(msg), if there is one.
    Raises KeyError for a check that lacks a part.
    """
    rows = [_row(check) for check in (result or {}).get("checks") or []]
    if unreachable is not None:
        return HostReport(name, cluster, UNREACHABLE, unreachable, kubernetes_version, rows)
    if failure is None and not rows:
        failure = str((result or {}).get("msg") or "No check ran on this host.")
    if failure is not None:
        return HostReport(name, cluster, INVALID, failure, kubernetes_version, rows)
    return HostReport(name, cluster, _status(rows), "", kubernetes_version, rows)


def is_failing(host: HostReport) -> bool:
    """Whether a host is not ready: an error that nobody waived, an invalid configuration, or out of reach."""
    return host.status in (FAILED, UNREACHABLE, INVALID)


def failing(report: Report) -> bool:
    """Whether the run has to end with an exit code other than zero."""
    return any(is_failing(host) for host in report.hosts)


def check_names(report: Report) -> list[str]:
    """The names of all checks in the order of their first appearance."""
    return list(dict.fromkeys(row.name for host in report.hosts for row in host.checks))


__all__ = (
    "COLLECTION",
    "FAILED",
    "INVALID",
    "OK",
    "OUTCOMES",
    "PASSED",
    "STATUSES",
    "UNREACHABLE",
    "WAIVED",
    "WARNINGS",
    "HostReport",
    "Report",
    "Row",
    "Words",
    "check_names",
    "count_outcomes",
    "count_statuses",
    "failing",
    "host_report",
    "is_failing",
    "outcome",
)
