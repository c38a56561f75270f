# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""A phase that reads the host, plans on the controller, and has the changes carried out where there are any."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.report import report
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result, Specification
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.phase import (
    ATTEMPTS,
    READ,
    PhaseAction,
    never_settled,
    not_read,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan import changes, settled
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.carry import (
    Planned,
    carrier,
    mark,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.carry import (
    planned as planned_by,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.phases import PhasePlan, plan_of, request
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.rows import (
    Row,
    file_rows,
    object_rows,
    with_away,
    with_fields,
)

_COLLECTION = "kubewright.control_plane."


def is_read(facts: Result) -> bool:
    """Whether facts have the shape of what host_read returns; of credentials, see C(_pki.facts.facts_of)."""
    api, kubelet = facts.get("api"), facts.get("kubelet")
    if not (isinstance(facts.get("files"), dict) and isinstance(facts.get("answers", {}), dict)):
        return False
    if api is not None and not (isinstance(api, dict) and {"answers", "error"} <= api.keys()):
        return False
    if api is not None and not isinstance(api.get("objects", {}), dict):
        return False
    return kubelet is None or (isinstance(kubelet, dict) and {"active", "error"} <= kubelet.keys())


def _together(earlier: Result, answer: Result) -> Result:
    """Two answers of the host as one: of objects, some were changed before one was found that is no longer as it was read."""
    both = dict(answer, changed=earlier["changed"] or answer["changed"])
    if "objects" in earlier:
        both["objects"] = {**earlier["objects"], **answer["objects"]}
        both["diff"] = [*earlier["diff"], *answer["diff"]]
    return both


def planned_ahead(
    phases: t.Sequence[str], config: Config, arguments: Result, tokens: t.Sequence[Result] = ()
) -> Planned:
    """What those of the phases change that a task names in C(carry), by its C(carry_read); see C(_plan.carry.planned).

    phases: in their order. arguments: of the task. Raises KubewrightError where it gives something else than what was read.
    """
    facts = arguments["carry_read"]
    if facts is None:
        return Planned([], False)
    if not is_read(facts):
        raise not_read()
    return planned_by([phase for phase in phases if phase in arguments["carry"]], config, facts, tokens)


# What came of the phase when it was carried out with another one.
CARRIED: Specification = {"carried": {"type": "dict"}}


def carried_out(phase: str, carried: Result | None, of: str) -> Result | None:
    """What came of the very same changes when they were carried out with another phase; None where they were not.

    of: their mark.
    """
    if not carried or carried.get("mark") != of:
        return None
    return {key: value for key, value in {"carried_by": carrier(phase), **carried}.items() if key != "mark"}


def told(rows: t.Sequence[Row], answer: Result, arguments: Result) -> list[Result]:
    """The rows as a task returns them: with what differs, and for how long the API server may be away.

    answer: of the host, or what is foreseen of it. arguments: of the task.
    """
    return [row.plain() for row in with_away(with_fields(rows, answer.get("diff")), arguments["read"])]


class PlannedAction(PhaseAction):
    """An action whose phase is planned by C(_plan.phases)."""

    argument_spec: t.ClassVar[Specification] = READ
    # Whether what is changed can be put back by the phase that waits, which comes after it.
    keeps = True

    def phase(self, arguments: Result) -> str:
        """The name of the phase."""
        raise NotImplementedError

    def label(self, arguments: Result) -> str:
        """The phase."""
        return self.phase(arguments)

    def plan(self, config: Config, arguments: Result, variables: Result) -> PhasePlan:
        """What is wanted, and what has to be known for it."""
        return plan_of(self.phase(arguments), config)

    def foreseen(self, planned: t.Sequence[changes.Change], tells_fields: bool) -> Result | None:
        """The answer where the host need not be asked, as in check mode; None where it has to be.

        tells_fields: whether the plan is to say what differs in what changes.
        """
        # What would change is known; only what is shown of it lies on the host.
        is_shown = self._task.diff or (tells_fields and bool(changes.altered(planned)))
        return {"changed": bool(planned)} if not planned or (self._task.check_mode and not is_shown) else None

    def result(self, planned: t.Sequence[changes.Change]) -> Result:
        """What the module returns of the changes, beside what the host answers."""
        return {"written": changes.written(planned)}

    def rows(self, planned: t.Sequence[changes.Change], answer: Result) -> list[Row]:
        """What is told of the changes. answer: what came of them, or is foreseen."""
        return file_rows(planned)

    def run_phase(self, config: Config, arguments: Result, variables: Result) -> Result:
        """Reads what was not read before, plans, and applies; again where the host is no longer as it was read."""
        facts = arguments["read"]
        if facts is not None and not is_read(facts):
            raise not_read()
        if facts is not None and facts.get("settled") == settled.mark(
            self.phase(arguments), config, self._task.check_mode
        ):
            return dict(self.foreseen([], False) or {}, **self.result([]), planned=[])
        plan = self.plan(config, arguments, variables)
        earlier: Result | None = None
        stale: list[str] = []
        for _attempt in range(ATTEMPTS):
            if facts is None or not plan.is_answered(facts):
                answer = self._read(plan, variables)
                if "facts" not in answer:
                    return answer
                facts = answer["facts"]
            if self._task.check_mode and plan.error(facts):
                raise KubewrightError(plan.error(facts))
            planned = plan.changes(facts, self._task.check_mode)
            foreseen = self.foreseen(planned, config.tells_fields)
            # Of what was carried out before the host was read anew there is nothing left to learn.
            is_first = earlier is None and bool(planned)
            known = foreseen or (
                carried_out(self.phase(arguments), arguments.get("carried"), mark(planned)) if is_first else None
            )
            answer = known or self._apply(config, self.phase(arguments), plan, planned, variables)
            if answer.get("failed") or answer.get("unreachable"):
                return answer
            if earlier is not None:
                answer = _together(earlier, answer)
            if not answer.get("stale"):
                return dict(answer, **self.result(planned), planned=told(self.rows(planned, answer), answer, arguments))
            earlier, facts, stale = answer, None, answer["stale"]
        raise never_settled(stale)

    def _read(self, plan: PhasePlan, variables: Result) -> Result:
        if not plan.asks():
            return {"facts": {"files": {}}}
        name, asked = _COLLECTION + "host_read", request([plan])
        return t.cast(Result, self._execute_module(module_name=name, module_args=asked, task_vars=variables))

    def _apply(
        self, config: Config, phase: str, plan: PhasePlan, planned: t.Sequence[changes.Change], variables: Result
    ) -> Result:
        given: Result = {"phase": phase, "changes": changes.arguments(planned)}
        name = "host_apply"
        if plan.objects:
            name, given = "objects_apply", dict(given, api=plan.api)
        else:
            given["lock_timeout"] = config.lock_seconds
            failed = self.keep(config, phase, changes.kept(planned) if self.keeps else [], variables)
            if failed is not None:
                return failed
        answer = self._execute_module(module_name=_COLLECTION + name, module_args=given, task_vars=variables)
        return t.cast(Result, answer)


class PlannedObjects(PlannedAction):
    """One whose phase makes objects of the API."""

    def foreseen(self, planned: t.Sequence[changes.Change], tells_fields: bool) -> Result | None:
        """All that is shown was read."""
        return report(changes.foreseen(planned)) if not planned or self._task.check_mode else None

    def result(self, planned: t.Sequence[changes.Change]) -> Result:
        """Only the host knows what it did."""
        return {}

    def rows(self, planned: t.Sequence[changes.Change], answer: Result) -> list[Row]:
        """Those of the objects that changed."""
        return object_rows(planned, answer.get("objects") or {})


__all__ = ("CARRIED", "PlannedAction", "PlannedObjects", "carried_out", "is_read", "planned_ahead", "told")
