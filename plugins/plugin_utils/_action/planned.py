# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""A phase that reads the host, plans on the controller, and has the changes carried out where there are any."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result, Specification
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.phase import CONFIG, PhaseAction
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan import changes
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.phases import Plan, plan_of, request

READ: Specification = {**CONFIG, "read": {"type": "dict"}}
# How often the host is read and planned anew, where somebody else changes it meanwhile.
_ATTEMPTS = 3
_COLLECTION = "kubewright.control_plane."


class PlannedAction(PhaseAction):
    """An action whose phase is planned by C(_plan.phases)."""

    argument_spec: t.ClassVar[Specification] = READ

    def phase(self, arguments: Result) -> str:
        """The name of the phase."""
        raise NotImplementedError

    def label(self, arguments: Result) -> str:
        """The phase."""
        return self.phase(arguments)

    def result(self, planned: t.Sequence[changes.Change]) -> Result:
        """What the module returns of the changes, beside C(changed) and C(diff)."""
        return {"written": changes.written(planned)}

    def run_phase(self, config: Config, arguments: Result, variables: Result) -> Result:
        """Reads what was not read before, plans, and applies; again where the host is no longer as it was read."""
        plan = plan_of(self.phase(arguments), config)
        facts = arguments["read"]
        if facts is not None and not isinstance(facts.get("files"), dict):
            raise KubewrightError("read: pass the facts that kubewright.control_plane.host_read returned")
        stale: list[str] = []
        for _attempt in range(_ATTEMPTS):
            if facts is None or not plan.is_answered(facts):
                answer = self._read(plan, variables)
                if "facts" not in answer:
                    return answer
                facts = answer["facts"]
            planned = plan.changes(facts)
            answer = self._apply(self.phase(arguments), planned, variables)
            if not answer.get("stale"):
                lost = answer.get("failed") or answer.get("unreachable")
                return dict(answer, **({} if lost else self.result(planned)))
            facts, stale = None, answer["stale"]
        raise KubewrightError(
            "{} changed {} times between being read and being written. Find out what else writes there, and run again.".format(
                ", ".join(stale), _ATTEMPTS
            )
        )

    def _read(self, plan: Plan, variables: Result) -> Result:
        if not plan.asks():
            return {"facts": {"files": {}}}
        name, asked = _COLLECTION + "host_read", request([plan])
        return t.cast(Result, self._execute_module(module_name=name, module_args=asked, task_vars=variables))

    def _apply(self, phase: str, planned: t.Sequence[changes.Change], variables: Result) -> Result:
        # What would change is known; only what is shown of it lies on the host.
        if not planned or (self._task.check_mode and not self._task.diff):
            return {"changed": bool(planned)}
        given = {"phase": phase, "changes": changes.arguments(planned)}
        answer = self._execute_module(module_name=_COLLECTION + "host_apply", module_args=given, task_vars=variables)
        return t.cast(Result, answer)


__all__ = ("READ", "PlannedAction")
