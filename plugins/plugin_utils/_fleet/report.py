# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The report of a fleet, from what the tasks of playbooks/preflight.yml registered for each host."""

from __future__ import annotations

import functools
import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.checks import fleet_checks, is_whole
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.model import (
    HostReport,
    Report,
    host_report,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.registered import (
    Registered,
    absence,
    guarded,
    kubernetes_version,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import Check
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.judgement import Row, row


class PreflightResults(t.NamedTuple):
    """What is known of a host. cluster: C(kubewright_cluster), or empty. config: the result of cluster_config, and
    preflight: of preflight_check; empty where the task did not run.
    """

    cluster: str
    config: Registered
    preflight: Registered


def _host(name: str, outcome: PreflightResults, fleet: t.Sequence[Row]) -> HostReport:
    config, preflight = outcome.config, outcome.preflight
    missing = absence([(config, "resolved"), (preflight, "checks")])
    if missing is not None and missing.unreachable:
        return host_report(name, outcome.cluster, None, unreachable=missing.message)
    version = kubernetes_version(config)
    if missing is not None:
        return host_report(name, outcome.cluster, None, failure=missing.message, kubernetes_version=version)
    result = {"checks": [*preflight["checks"], *fleet]}
    return host_report(name, outcome.cluster, result, kubernetes_version=version)


def _fleet_rows(outcomes: t.Mapping[str, PreflightResults]) -> dict[str, list[Row]]:
    """The checks between the hosts of each cluster, by host."""
    rows: dict[str, list[Row]] = {}
    for cluster in {outcome.cluster for outcome in outcomes.values()}:
        identities = {
            name: outcome.preflight["identity"]
            for name, outcome in outcomes.items()
            if outcome.cluster == cluster and is_whole(outcome.preflight.get("identity"))
        }
        for name, checks in fleet_checks(identities).items():
            resolved = outcomes[name].config.get("resolved") or {}
            waived, errors = resolved.get("ignorePreflightErrors", []), resolved.get("preflightErrors", [])
            rows[name] = guarded(functools.partial(_rows, checks, waived, errors), functools.partial(_unwaived, checks))
    return rows


def _rows(checks: t.Sequence[Check], waived: t.Sequence[str], errors: t.Sequence[str]) -> list[Row]:
    return [row(check, waived, errors) for check in checks]


def _unwaived(checks: t.Sequence[Check], _why: str) -> list[Row]:
    return _rows(checks, [], [])


def fleet_report(outcomes: t.Mapping[str, PreflightResults], version: str, created: str) -> Report:
    """The report, hosts in their order. version: the collection's. created: UTC in ISO 8601."""
    fleet = _fleet_rows(outcomes)
    hosts = []
    for name, outcome in outcomes.items():
        cluster = outcome.cluster
        hosts.append(
            guarded(
                functools.partial(_host, name, outcome, fleet.get(name, [])),
                lambda why, name=name, cluster=cluster: host_report(name, cluster, None, failure=why),  # type: ignore[misc]
            )
        )
    return Report(version, created, hosts)


__all__ = ("PreflightResults", "fleet_report")
