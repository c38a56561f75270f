# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole of diagnosis_report: puts what was found on the hosts together, prints and writes it. No host is asked."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.action import FleetAction, Summary
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.diagnosis.html import page
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.diagnosis.json import json_text
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.diagnosis.model import (
    DiagnosisReport,
    diagnosis_report,
    is_failing,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.diagnosis.table import table
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.registered import cluster_of, results
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._write_files import write_files


class ActionModule(FleetAction):
    """See the module's documentation."""

    registered: t.ClassVar[tuple[str, ...]] = ("diagnosis",)
    needed: t.ClassVar[tuple[str, ...]] = ("diagnosis",)

    def report(
        self, hosts: t.Mapping[str, t.Mapping[str, t.Any]], names: t.Mapping[str, str], version: str, created: str
    ) -> DiagnosisReport:
        """By what the task of each host registered."""
        outcomes = {
            name: (cluster_of(variables), results(variables, names).get("diagnosis") or {})
            for name, variables in hosts.items()
        }
        return diagnosis_report(outcomes, version, created)

    def summary(self, report: DiagnosisReport, width: int) -> Summary:
        """Host by host, with causes and cures."""
        failing = [host.name for host in report.hosts if is_failing(host)]
        return Summary(table(report, width), failing, "are not healthy")

    def write(self, report: DiagnosisReport, directory: str) -> list[str]:
        """JSON and the page."""
        contents = {"diagnosis.json": json_text(report), "diagnosis.html": page(report)}
        return write_files(directory, {name: content.encode("utf-8") for name, content in contents.items()})
