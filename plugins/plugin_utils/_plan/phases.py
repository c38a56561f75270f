# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The plan of each phase: what it has to know of the host, and what changes by that."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubelet_conf import Reference
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import HostFile, phase_files
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.facts import answered, holds
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.kubelet_kubeconfig import reference
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.question import Question, question
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.changes import Change
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.files import (
    Facts,
    plan_files,
    plan_kubelet,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.kubelet_conf import plan_kubelet_conf
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.objects import (
    WantedObject,
    are_answered,
    plan_objects,
    wanted_objects,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._workflow.phases import PHASES, that_write

# The phases that are planned, in the order of a run.
PLANNED = tuple(phase.name for phase in PHASES if phase.writes != "nothing")


def api_of(config: Config) -> dict[str, t.Any]:
    """How the API server of the host is reached; see C(_api.admin.admin_client)."""
    return {"server": config.local_endpoint, "timeout": config.timeout("kubernetesAPICall")}


class PhasePlan(t.NamedTuple):
    """files, objects: as they are wanted. kubelet: whether the phase has to know if it runs. api: how its server is reached.

    credentials: the certificates, keys and kubeconfigs to read. reference: what kubelet.conf is to say, of kubelet_finalize.
    """

    files: list[HostFile]
    kubelet: bool
    objects: list[WantedObject]
    api: dict[str, t.Any]
    credentials: Question | None = None
    reference: Reference | None = None

    def paths(self) -> list[str]:
        """The files that have to be read."""
        return [file.path for file in self.files]

    def asks(self) -> bool:
        """Whether the host has to be read at all."""
        return bool(self.files or self.objects or self.credentials) or self.kubelet

    def is_answered(self, facts: Facts) -> bool:
        """Whether what was read before holds all that the plan asks for."""
        return (
            all(path in facts["files"] for path in self.paths())
            and (not self.kubelet or "kubelet" in facts)
            and (not self.objects or are_answered(self.objects, facts.get("api")))
            and (self.credentials is None or holds(facts.get("credentials"), self.credentials))
        )

    def part(self, facts: Facts) -> dict[str, t.Any]:
        """Of what was read for several plans, what this one asks for."""
        found: dict[str, t.Any] = {
            "files": {path: facts["files"][path] for path in self.paths() if path in facts["files"]}
        }
        if self.kubelet and "kubelet" in facts:
            found["kubelet"] = facts["kubelet"]
        if self.credentials is not None and "credentials" in facts:
            found["credentials"] = facts["credentials"]
        api = facts.get("api")
        if self.objects and api is not None:
            objects, marks = api.get("objects") or {}, {item.mark() for item in self.objects}
            found["api"] = dict(api, objects={mark: item for mark, item in objects.items() if mark in marks})
        return found

    def error(self, facts: Facts) -> str:
        """Why it is not known what changes: what the API server says in place of an answer. Empty where it is known."""
        return str(facts["api"]["error"]) if self.objects else ""

    def changes(self, facts: Facts, check: bool = False) -> list[Change]:
        """What changes, in its order; of certificates, see C(_pki.plan). facts: what was read; see C(is_answered)."""
        if self.reference is not None:
            return plan_kubelet_conf(self.reference, answered(facts["credentials"], self.credentials or {}), check)
        files = plan_kubelet(self.files, facts) if self.kubelet else plan_files(self.files, facts)
        return [*files, *(plan_objects(self.objects, facts["api"]) if self.objects else ())]


def request(plans: t.Sequence[PhasePlan]) -> dict[str, t.Any]:
    """What host_read is asked for, for all of the plans."""
    paths = [path for plan in plans for path in plan.paths()]
    asked: dict[str, t.Any] = {"config": {}, "paths": paths, "kubelet": any(plan.kubelet for plan in plans)}
    objects = [item.arguments() for plan in plans for item in plan.objects]
    if objects:
        asked.update(objects=objects, api=plans[0].api)
    credentials = [plan.credentials for plan in plans if plan.credentials is not None]
    return dict(asked, credentials=credentials[0]) if credentials else asked


def plan_of(phase: str, config: Config, tokens: t.Sequence[t.Mapping[str, t.Any]] = ()) -> PhasePlan:
    """The plan of one of C(PLANNED). tokens: the declared bootstrap tokens, for the phase of that name.

    Raises KubewrightError where the user's patches cannot be applied.
    """
    files = phase_files(phase, config) if phase in that_write("files") else []
    objects = wanted_objects(phase, config, tokens) if phase in that_write("objects") else []
    credentials = question(config) if phase in that_write("credentials") else None
    finalized = reference(config) if phase == "kubelet_finalize" else None
    return PhasePlan(files, phase == "kubelet_start", objects, api_of(config), credentials, finalized)


__all__ = ("PLANNED", "PhasePlan", "api_of", "plan_of", "request")
