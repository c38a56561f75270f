# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The certificates of many hosts as values: every file, the state of each host and the verdict."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.printable import line
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.legible import legible
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.registered import (
    Registered,
    absence,
    guarded,
    kubernetes_version,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.renewal import Renewal
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.entry import OK, STATUSES, Entry

PASSED, FAILED, UNREACHABLE, INVALID = "passed", "failed", "unreachable", "invalid"
HOST_STATUSES = (PASSED, FAILED, UNREACHABLE, INVALID)


class CertificatesResults(t.NamedTuple):
    """What is known of a host. cluster: C(kubewright_cluster), or empty. config: the result of cluster_config, and
    certificates: of certs_info; empty where the task did not run. renewal: None where none was asked for.
    """

    cluster: str
    config: Registered
    certificates: Registered
    renewal: Renewal | None = None


class HostReport(t.NamedTuple):
    """What is known of one host.

    status: one of C(HOST_STATUSES); C(failed) where a certificate is not C(ok).
    message: why the host is unreachable or invalid, maybe of several lines; otherwise empty.
    cluster, kubernetes_version: empty where nobody knows. renewal: None where none was asked for.
    """

    name: str
    cluster: str
    status: str
    message: str
    kubernetes_version: str
    certificates: list[Entry]
    renewal: Renewal | None = None


class Report(t.NamedTuple):
    """A run of playbooks/certs.yml. created: UTC in ISO 8601 (C(2026-01-31T12:00:00Z))."""

    collection_version: str
    created: str
    hosts: list[HostReport]


def _entry(item: t.Mapping[str, t.Any]) -> Entry:
    """An entry from what certs_info returned. Its texts come from the host and go to a terminal."""
    found = Entry(**item)
    texts = Entry._make(legible(str(field)) if isinstance(field, str) else field for field in found)
    return texts._replace(sans=[legible(str(name)) for name in found.sans])


def _renewal(renewal: Renewal | None) -> Renewal | None:
    if renewal is None:
        return None
    renewed, restarted = (
        {legible(str(key)): legible(str(value)) for key, value in found.items()}
        for found in (renewal.renewed, renewal.restarted)
    )
    return renewal._replace(renewed=renewed, restarted=restarted, error=legible(renewal.error))


def _host(name: str, outcome: CertificatesResults) -> HostReport:
    missing = absence([(outcome.config, "resolved"), (outcome.certificates, "certificates")])
    version = legible(kubernetes_version(outcome.config))
    texts = (line(name), legible(outcome.cluster))
    if missing is not None:
        status = UNREACHABLE if missing.unreachable else INVALID
        return HostReport(*texts, status, legible(missing.message), version, [], _renewal(outcome.renewal))
    entries = [_entry(item) for item in outcome.certificates["certificates"]]
    well = all(entry.status == OK for entry in entries)
    return HostReport(*texts, PASSED if well else FAILED, "", version, entries, _renewal(outcome.renewal))


def certificates_report(outcomes: t.Mapping[str, CertificatesResults], version: str, created: str) -> Report:
    """The report, hosts in their order. version: the collection's. created: UTC in ISO 8601."""
    return Report(version, created, [_guarded_host(name, outcome) for name, outcome in outcomes.items()])


def _guarded_host(name: str, outcome: CertificatesResults) -> HostReport:
    def otherwise(why: str) -> HostReport:
        return HostReport(line(name), legible(outcome.cluster), INVALID, legible(why), "", [])

    return guarded(lambda: _host(name, outcome), otherwise)


def count_hosts(report: Report) -> dict[str, int]:
    """How many hosts have each status; every status is a key."""
    found = dict.fromkeys(HOST_STATUSES, 0)
    for host in report.hosts:
        found[host.status] += 1
    return found


def count_certificates(report: Report) -> dict[str, int]:
    """How many certificates of all hosts have each status; every status is a key."""
    found = dict.fromkeys(STATUSES, 0)
    for host in report.hosts:
        for entry in host.certificates:
            found[entry.status] += 1
    return found


def failing_hosts(report: Report) -> list[str]:
    """The hosts for which the run has to end with an exit code other than zero: where something is not well or unknown."""
    return [host.name for host in report.hosts if host.status != PASSED or (host.renewal and host.renewal.error)]


__all__ = (
    "FAILED",
    "HOST_STATUSES",
    "INVALID",
    "PASSED",
    "UNREACHABLE",
    "CertificatesResults",
    "HostReport",
    "Report",
    "certificates_report",
    "count_certificates",
    "count_hosts",
    "failing_hosts",
)
