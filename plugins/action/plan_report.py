# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole of plan_report: puts together what role init has planned for each host, prints and writes it. No host is asked."""

from __future__ import annotations

import datetime
import os
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import (
    CheckedAction,
    Result,
    Specification,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._collection_version import collection_version
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.plan.json import write_json
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.plan.model import (
    JOIN_CONFIGS,
    RESULTS,
    PlanResults,
    changing,
    fleet_plan,
    names_of,
    unplanned,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.plan.table import table
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.registered import cluster_of, results
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._some import some

NEVER = "never"
UNPLANNED = "unplanned"
CHANGES = "changes"
_MOST_NAMES = 10


def _own_file(outcome: PlanResults, path: str | None) -> str | None:
    """The file in which a host is, as its own tasks have seen the variable. path: of one whose configuration is not known."""
    resolved: t.Any = (outcome.results.get("config") or {}).get("resolved") or {}
    return t.cast("str | None", resolved["controller"].get("planFile")) if "controller" in resolved else path


def _in_order(named: t.Sequence[str], every: t.Sequence[str], hostvars: t.Mapping[str, t.Any]) -> list[str]:
    """The named hosts, and those that plays before this one have planned, in the order of the inventory.

    A play has the hosts of a group that was made in the run in any order. every: all hosts.
    """
    wanted, planned = set(named), (RESULTS["read"], *JOIN_CONFIGS)
    found = [host for host in every if host in wanted or any(name in hostvars[host] for name in planned)]
    return [*found, *(host for host in named if host not in found)]


class ActionModule(CheckedAction):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {
        "hosts": {"type": "list", "elements": "str", "required": True},
        "path": {"type": "path"},
        "show": {"type": "bool", "default": True},
        "fail": {"type": "str", "choices": [NEVER, UNPLANNED, CHANGES], "default": UNPLANNED},
    }

    def act(self, arguments: Result, variables: Result) -> Result:
        """Fails after everything was said."""
        hostvars = variables["hostvars"]
        unknown = [host for host in arguments["hosts"] if host not in hostvars]
        if unknown:
            raise KubewrightError(f"hosts: there is no host {some(unknown)} in the inventory")
        hosts = _in_order(arguments["hosts"], (variables.get("groups") or {}).get("all") or [], hostvars)
        outcomes = {}
        for host in hosts:
            names, joins = names_of(hostvars[host])
            found = results(hostvars[host], names)
            outcomes[str(host)] = PlanResults(cluster_of(hostvars[host]), found, joins)
        created = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        plan = fleet_plan(outcomes, collection_version(), created, bool(self._task.check_mode))
        # What is hidden is not shown, nor kept.
        is_hidden = bool(self._task.no_log)
        if arguments["show"] and not is_hidden:
            # As text of its own, because a result shows its lines as one.
            self._display.display("\n" + table(plan))
        paths = [_own_file(outcome, arguments["path"]) for outcome in outcomes.values()]
        written = []
        for path in dict.fromkeys(path for path in paths if path and not is_hidden):
            own = [host for host, named in zip(plan.hosts, paths, strict=True) if named == path]
            written.append(os.path.abspath(os.path.expanduser(path)))
            write_json(plan._replace(hosts=own), written[-1])
        result: Result = {"changed": False, "shown": arguments["show"], "written": written}
        unable, pending = unplanned(plan), changing(plan)
        total = len(plan.hosts)
        if unable and arguments["fail"] != NEVER:
            text = f"{len(unable)} of {total} hosts could not be planned: {some(unable, _MOST_NAMES)}"
            result.update(failed=True, msg=f"plan_report: {text}")
        elif pending and arguments["fail"] == CHANGES:
            text = f"{len(pending)} of {total} hosts differ from what is declared: {some(pending, _MOST_NAMES)}"
            result.update(failed=True, msg=f"plan_report: {text}")
        return result
