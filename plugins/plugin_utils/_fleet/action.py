# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What the actions share that report on a fleet: gather what each host registered, print, write, fail. No host is asked."""

from __future__ import annotations

import datetime
import os
import shutil
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import (
    CheckedAction,
    Result,
    Specification,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._collection_version import collection_version
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._some import some
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._templates.render import plain

_NARROWEST, _WIDEST = 80, 160
_MOST_NAMES = 10


class Summary(t.NamedTuple):
    """A report as text. failing: the hosts that are not well. complaint: what they are, as C(are not ready)."""

    table: str
    failing: list[str]
    complaint: str


class FleetAction(CheckedAction):
    """An action whose subclasses know what to report. registered: the results that they read; needed: those without which there is
    nothing to report.
    """

    registered: t.ClassVar[tuple[str, ...]]
    needed: t.ClassVar[tuple[str, ...]]

    argument_spec: t.ClassVar[Specification] = {
        "hosts": {"type": "list", "elements": "str", "required": True},
        "directory": {"type": "path"},
        "registered": {"type": "dict", "required": True},
    }

    def act(self, arguments: Result, variables: Result) -> Result:
        """Fails where a host is not well, after everything was said."""
        unknown = [what for what in arguments["registered"] if what not in self.registered]
        if unknown:
            raise KubewrightError(f"registered: unknown result {some(unknown)}; there are {', '.join(self.registered)}")
        names = arguments["registered"]
        missing = [what for what in self.needed if what not in names]
        if missing:
            raise KubewrightError(f"registered: name the variables that hold the results {', '.join(missing)}")
        wrong = [what for what, name in names.items() if not isinstance(name, str)]
        if wrong:
            raise KubewrightError(
                f"registered.{wrong[0]}: found {type(names[wrong[0]]).__name__}; give a variable's name"
            )
        hostvars = variables["hostvars"]
        unknown = [host for host in arguments["hosts"] if host not in hostvars]
        if unknown:
            raise KubewrightError(f"hosts: there is no host {some(unknown)} in the inventory")
        hosts = {str(host): hostvars[host] for host in arguments["hosts"]}
        created = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        report = self.report(hosts, names, collection_version(), created)
        columns = shutil.get_terminal_size((120, 24)).columns
        summary = self.summary(report, max(_NARROWEST, min(_WIDEST, columns)))
        # As text of its own, because a result shows its lines as one.
        self._display.display("\n" + summary.table)
        directory = arguments["directory"]
        written = self.write(report, os.path.abspath(directory)) if directory else []
        result: Result = {"changed": False, "written": plain(written)}
        if summary.failing:
            count = f"{len(summary.failing)} of {len(hosts)} hosts {summary.complaint}"
            name = str(self._task.action).rsplit(".", 1)[-1]
            result.update(failed=True, msg=f"{name}: {count}: {some(summary.failing, _MOST_NAMES)}")
        return result

    def report(
        self, hosts: t.Mapping[str, t.Mapping[str, t.Any]], names: t.Mapping[str, str], version: str, created: str
    ) -> t.Any:
        """The report of hosts with their variables.

        names: of the variables that hold the results, by what they are. version: the collection's. created: UTC in ISO 8601.
        """
        raise NotImplementedError

    def summary(self, report: t.Any, width: int) -> Summary:
        """The report for a terminal. width: in columns."""
        raise NotImplementedError

    def write(self, report: t.Any, directory: str) -> list[str]:
        """Writes the report's files and returns their paths. Raises KubewrightError."""
        raise NotImplementedError


__all__ = ("FleetAction", "Summary")
