# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole of preflight_report: puts the hosts' outcomes together, prints and writes them. No host is asked."""

from __future__ import annotations

import datetime
import os
import shutil
import typing as t

from ansible.plugins.action import ActionBase

from ansible_collections.kubewright.control_plane.plugins.module_utils._errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action import Result
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._collection_version import collection_version
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet_report import Outcome, fleet_report
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight_report._model import (
    failing,
    is_failing,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight_report._table import table
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight_report._write import write_reports
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._registered import cluster_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._render import plain

CONFIG, PREFLIGHT = "__preflight_config", "__preflight_result"


class ActionModule(ActionBase):  # type: ignore[misc]  # ansible-core is untyped
    """See the module's documentation."""

    _supports_check_mode = True

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> Result:
        """Fails where a host is not ready, after everything was said."""
        result: Result = super().run(tmp, task_vars)
        hostvars = (task_vars or {})["hostvars"]
        outcomes = {str(host): _outcome(hostvars[host]) for host in self._task.args.get("hosts") or []}
        now = datetime.datetime.now(datetime.timezone.utc)
        report = fleet_report(outcomes, collection_version(), now.strftime("%Y-%m-%dT%H:%M:%SZ"))
        # As text of its own, because a result shows its lines as one.
        self._display.display("\n" + table(report, max(80, min(160, shutil.get_terminal_size((120, 24)).columns))))
        directory, written = self._task.args.get("directory"), []
        try:
            if directory:
                written = write_reports(report, os.path.abspath(os.path.expanduser(str(directory))))
        except KubewrightError as error:
            return dict(result, failed=True, msg=f"preflight_report: {error}")
        result.update(changed=False, written=plain(written))
        if failing(report):
            names = [host.name for host in report.hosts if is_failing(host)]
            shown = ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
            result.update(
                failed=True, msg=f"preflight: {len(names)} of {len(report.hosts)} hosts are not ready: {shown}"
            )
        return result


def _outcome(variables: t.Mapping[str, t.Any]) -> Outcome:
    config, preflight = (variables.get(name) or {} for name in (CONFIG, PREFLIGHT))
    return Outcome(cluster_of(variables), config, preflight)
