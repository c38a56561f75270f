# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole of preflight_report: puts the hosts' outcomes together, prints and writes them. No host is asked."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.action import FleetAction, Summary
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.model import (
    Report,
    is_failing,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.table import table
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.write import write_reports
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.registered import cluster_of, results
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.report import (
    PreflightResults,
    fleet_report,
)


class ActionModule(FleetAction):
    """See the module's documentation."""

    registered: t.ClassVar[tuple[str, ...]] = ("config", "preflight", "leader", "join_config", "join_preflight")
    needed: t.ClassVar[tuple[str, ...]] = ("config", "preflight")

    def report(
        self, hosts: t.Mapping[str, t.Mapping[str, t.Any]], names: t.Mapping[str, str], version: str, created: str
    ) -> Report:
        """By what the tasks of a preflight registered; of a host that joins, by what those for it did."""
        outcomes = {}
        for name, variables in hosts.items():
            found = results(variables, names)
            joins = not found.get("join_config", {"skipped": True}).get("skipped")
            keys = ("join_config", "join_preflight") if joins else ("config", "preflight")
            # Nobody knows what such a host is to be checked for.
            keys = ("leader", "leader") if found.get("leader", {}).get("failed") else keys
            outcomes[name] = PreflightResults(cluster_of(variables), *(found.get(key) or {} for key in keys))
        return fleet_report(outcomes, version, created)

    def summary(self, report: Report, width: int) -> Summary:
        """What fails with its cures."""
        failing = [host.name for host in report.hosts if is_failing(host)]
        return Summary(table(report, width), failing, "are not ready")

    def write(self, report: Report, directory: str) -> list[str]:
        """JSON, JUnit XML and the page."""
        return write_reports(report, directory)
