# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What the actions of the phases share: plan on the controller, then run the module once on the host."""

from __future__ import annotations

import functools
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.redact import without_credentials
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.values import with_texts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import (
    COMPARED,
    Result,
    Specification,
    warned,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.configuration import (
    ConfiguringAction,
    NotAsked,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.proxy_credentials import (
    proxy_credentials,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._running.control_plane import control_plane
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._templates.render import plain

CONFIG: Specification = {"config": {"type": "dict", "required": True}}
READ: Specification = {**CONFIG, "read": {"type": "dict"}}
# How often the host is read and planned anew, where somebody else changes it meanwhile.
ATTEMPTS = 3


def not_read() -> KubewrightError:
    """What is wrong where C(read) is not what host_read or init_read returns."""
    return KubewrightError(
        "read: pass the facts of kubewright.control_plane.host_read, or those of this phase that init_read returned"
    )


def never_settled(names: t.Sequence[str]) -> KubewrightError:
    """What is wrong where files or objects (C(names)) were no longer as they were read in every attempt."""
    return KubewrightError(
        f"{', '.join(names)} changed {ATTEMPTS} times between being read and being written. Find out what else writes there, "
        "and run again."
    )


class PhaseAction(ConfiguringAction):
    """An action whose subclasses add what the controller knows to the module's arguments."""

    argument_spec: t.ClassVar[Specification] = CONFIG
    # Arguments of the task that do not travel: the configuration, and what was read.
    kept: t.ClassVar[t.Collection[str]] = tuple(READ)

    def act(self, arguments: Result, variables: Result) -> Result:
        """Runs the phase with the configuration of its task."""
        read_warnings: list[str] = []
        try:
            config = self._config(arguments, variables, read_warnings)
            result = self.run_phase(config, arguments, variables)
        except NotAsked as lost:
            return lost.answer
        credentials = proxy_credentials(config)
        if credentials:
            hide = functools.partial(without_credentials, credentials=credentials)
            shown = {name: value for name, value in result.items() if name not in COMPARED}
            result = dict(result, **with_texts(shown, hide))
            if any(name in result for name in COMPARED):
                # What is compared later holds them as they are.
                return self.hidden(warned(result, read_warnings))
        return warned(result, read_warnings)

    def run_phase(self, config: Config, arguments: Result, variables: Result) -> Result:
        """The result of the phase. Raises KubewrightError for what a user can fix."""
        return self.execute(config, self.controller_arguments(config, arguments, variables), variables)

    def controller_arguments(self, config: Config, arguments: Result, variables: Result) -> Result:
        """The arguments that the controller adds. Raises KubewrightError."""
        return {}

    def execute(self, config: Config, more: Result, variables: Result) -> Result:
        """Runs the module with the task's arguments, but for C(kept), and more."""
        given = {name: value for name, value in self._task.args.items() if name not in self.kept}
        given.update(config={}, **more)
        return t.cast(Result, self._execute_module(module_args=given, task_vars=variables))

    def keep(self, config: Config, phase: str, paths: t.Sequence[str], variables: Result) -> Result | None:
        """Has files kept that are about to be changed, so that they can be put back; the answer where that failed."""
        if not paths or self._task.check_mode:
            return None
        given = {
            "phase": phase,
            "paths": list(paths),
            "control_plane": control_plane(config).plain(),
            "lock_timeout": config.lock_seconds,
        }
        answer = self._execute_module(
            module_name="kubewright.control_plane.host_keep", module_args=plain(given), task_vars=variables
        )
        if answer.get("failed") or answer.get("unreachable"):
            return t.cast(Result, answer)
        for component in answer.get("without") or []:
            self._display.warning(
                f"{phase}: {component} is not healthy now. There is nothing to go back to, so a change that it cannot run with stays."
            )
        return None

    def _config(self, arguments: Result, variables: Result, warnings: list[str]) -> Config:
        given = arguments["config"]
        if "resolved" not in given:
            if not given:
                raise KubewrightError("config is empty: pass what kubewright.control_plane.cluster_config returned")
            return Config(given)
        if self.holds(given, variables):
            return Config(given["resolved"])
        read = self.user_input(variables)
        # What was made without asking the host is made so again.
        resolved = self.resolve(read, variables, bool(given.get("offline")))
        warnings.extend(read.warnings)
        return Config(resolved)


__all__ = ("ATTEMPTS", "CONFIG", "READ", "PhaseAction", "never_settled", "not_read")
