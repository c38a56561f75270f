# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Of what was read at once, what each phase has to know: it is handed on with every task, and what is long takes its time."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host import last_restarts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.files import Facts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.phases import PhasePlan

Part = dict[str, t.Any]
# The phases that may restart a component.
_RESTARTING = ("etcd", "control_plane", "kubelet_start", "wait_control_plane", "kubelet_finalize")


def _away(answers: t.Mapping[str, t.Any]) -> dict[str, float]:
    """For how many seconds the API server was away when components were restarted the last time."""
    answer = answers.get("wait_control_plane")
    return last_restarts.measured(answer.get("away")) if isinstance(answer, dict) else {}


def parts(
    phases: t.Sequence[str],
    plans: t.Mapping[str, PhasePlan],
    facts: Facts,
    asked: t.Mapping[str, str],
    answers: t.Mapping[str, t.Any],
    settled: t.Mapping[str, str],
) -> dict[str, Part]:
    """The facts by phase. plans: of the phases that are planned. asked, answers: see C(_action.answers), by phase.

    settled: the marks of those that change nothing; see C(settled).
    """
    found: dict[str, Part] = {}
    away = _away(answers)
    for phase in phases:
        part: Part = {"files": {}}
        # A kubelet that joins is stopped, and what is settled then says nothing.
        if phase in plans and (phase not in settled or phase == "kubelet_start"):
            part = plans[phase].part(facts)
        if phase in settled:
            part["settled"] = settled[phase]
        if phase in asked:
            part["asked"] = {phase: asked[phase]}
            part["answers"] = {phase: answers[phase]} if phase in answers else {}
        if away and phase in _RESTARTING:
            part["away"] = away
        found[phase] = part
    api = facts.get("api")
    if "certs" in found:
        # With what is carried out with the certificates.
        found["certs"].update({name: facts[name] for name in ("files", "kubelet") if name in facts})
    if "wait_control_plane" in found and api is not None:
        found["wait_control_plane"]["api"] = api
    if "kubelet_finalize" in found and api is not None:
        # The kubelet has no certificate of its own before the server answers.
        found["kubelet_finalize"]["api"] = {"answers": api["answers"], "error": api["error"]}
    return found


__all__ = ("parts",)
