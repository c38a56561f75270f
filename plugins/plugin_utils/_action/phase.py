# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What the actions of the phases share: plan on the controller, then run the module once on the host."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result, Specification, warned
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.configuration import (
    ConfiguringAction,
    NotAsked,
)


def api_of(config: Config) -> Result:
    """How modules reach the API server of the host."""
    return {"server": config.local_endpoint, "timeout": config.timeout("kubernetesAPICall")}


CONFIG: Specification = {"config": {"type": "dict", "required": True}}


class PhaseAction(ConfiguringAction):
    """An action whose subclasses add what the controller knows to the module's arguments."""

    argument_spec: t.ClassVar[Specification] = CONFIG
    # Whether the module reads the configuration itself.
    ships_config = False

    def act(self, arguments: Result, variables: Result) -> Result:
        """Runs the phase with the configuration of its task."""
        read_warnings: list[str] = []
        try:
            config = self._config(arguments, variables, read_warnings)
        except NotAsked as lost:
            return lost.answer
        return warned(self.run_phase(config, arguments, variables), read_warnings)

    def run_phase(self, config: Config, arguments: Result, variables: Result) -> Result:
        """The result of the phase. Raises KubewrightError for what a user can fix."""
        return self.execute(config, self.controller_arguments(config, arguments, variables), variables)

    def controller_arguments(self, config: Config, arguments: Result, variables: Result) -> Result:
        """The arguments that the controller adds. Raises KubewrightError."""
        return {}

    def execute(self, config: Config, more: Result, variables: Result) -> Result:
        """Runs the module with the task's arguments and more, and the configuration where it reads that."""
        given = {**self._task.args, "config": config.data if self.ships_config else {}, **more}
        return t.cast(Result, self._execute_module(module_args=given, task_vars=variables))

    def _config(self, arguments: Result, variables: Result, warnings: list[str]) -> Config:
        given = arguments["config"]
        if "resolved" not in given:
            if not given:
                raise KubewrightError("config is empty: pass what kubewright.control_plane.cluster_config returned")
            return Config(given)
        if self.holds(given, variables):
            return Config(given["resolved"])
        read = self.user_input(variables)
        resolved = self.resolve(read, variables)
        warnings.extend(read.warnings)
        return Config(resolved)


__all__ = ("CONFIG", "PhaseAction", "api_of")
