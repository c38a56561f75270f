# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole of certs_report: puts the hosts' outcomes together, prints and writes them. No host is asked."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.action import FleetAction, Summary
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.certificates.json import write_json
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.certificates.model import (
    CertificatesResults,
    certificates_report,
    failing_hosts,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.certificates.table import table
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.registered import cluster_of, results
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.renewal import (
    TASKS,
    not_begun,
    renewal_of,
)


class ActionModule(FleetAction):
    """See the module's documentation."""

    registered: t.ClassVar[tuple[str, ...]] = ("config", "certificates", *(f"renewal_{task}" for task in TASKS))
    needed: t.ClassVar[tuple[str, ...]] = ("config", "certificates")

    def report(
        self, hosts: t.Mapping[str, t.Mapping[str, t.Any]], names: t.Mapping[str, str], version: str, created: str
    ) -> t.Any:
        """By what the tasks of a report, and of a renewal before it, registered."""
        check_mode = self._task.check_mode
        outcomes = {}
        for name, variables in hosts.items():
            found = results(variables, names)
            renewal = {task: found[f"renewal_{task}"] for task in TASKS if f"renewal_{task}" in found}
            config = found.get("config") or {}
            outcomes[name] = CertificatesResults(
                cluster_of(variables),
                config,
                found.get("certificates") or {},
                renewal_of(renewal, check_mode) or not_begun(config, check_mode),
            )
        return certificates_report(outcomes, version, created)

    def summary(self, report: t.Any, width: int) -> Summary:
        """Every certificate and kubeconfig."""
        return Summary(table(report, width), failing_hosts(report), "need attention")

    def write(self, report: t.Any, directory: str) -> list[str]:
        """JSON."""
        return [write_json(report, directory)]
