# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What the actions of the phases share: render on the controller, then run the module once on the host."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

from ansible_collections.kubewright.control_plane.plugins.module_utils._config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._variables import PREFIX

Result = dict[str, t.Any]


class PhaseAction(ActionBase):  # type: ignore[misc]  # ansible-core is untyped
    """An action whose subclasses add what the controller knows to the module's arguments."""

    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> Result:
        """Runs the module; what a user can mend becomes one message."""
        result: Result = super().run(tmp, task_vars)
        variables = task_vars or {}
        arguments = dict(self._task.args)
        try:
            arguments.update(self.controller_arguments(arguments, variables))
        except KubewrightError as error:
            return dict(
                result,
                failed=True,
                msg="{}: {}".format(arguments.get("phase") or self._task.action.rsplit(".", 1)[-1], error),
            )
        result.update(self._execute_module(module_args=arguments, task_vars=variables))
        return result

    def controller_arguments(self, arguments: Result, variables: dict[str, t.Any]) -> Result:
        """The arguments that the controller adds. Raises KubewrightError."""
        raise NotImplementedError

    def config(self, arguments: Result) -> Config:
        """The resolved configuration among the arguments. Raises KubewrightError where it is none."""
        config = arguments.get("config")
        if not isinstance(config, dict):
            raise KubewrightError(
                "config is missing: pass what kubewright.control_plane.cluster_config returned as 'resolved'"
            )
        return Config(config)

    def user_variables(self, variables: dict[str, t.Any]) -> tuple[Result, dict[str, str]]:
        """The user's variables with their templates resolved, and the cause for each that could not be."""
        found: Result = {}
        broken: dict[str, str] = {}
        for name, value in variables.items():
            if not name.startswith(PREFIX):
                continue
            try:
                found[name] = self._templar.template(value)
            except AnsibleError as error:
                broken[name] = str(error)
        return found, broken


__all__ = ("PhaseAction", "Result")
