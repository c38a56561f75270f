# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The plan of each phase: what it has to know of the host, and what changes by that."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import HostFile, phase_files
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.changes import Change
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.files import (
    Facts,
    plan_files,
    plan_kubelet,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._workflow.phases import that_write

# The phases that are planned, in the order of a run.
PLANNED = that_write("files")


class Plan(t.NamedTuple):
    """files: as they are wanted. kubelet: whether the phase has to know if it runs."""

    files: list[HostFile]
    kubelet: bool

    def paths(self) -> list[str]:
        """The files that have to be read."""
        return [file.path for file in self.files]

    def asks(self) -> bool:
        """Whether the host has to be read at all."""
        return bool(self.files) or self.kubelet

    def is_answered(self, facts: Facts) -> bool:
        """Whether what was read holds all that the plan asks for."""
        return all(path in facts["files"] for path in self.paths()) and (not self.kubelet or "kubelet" in facts)

    def changes(self, facts: Facts) -> list[Change]:
        """What changes, in its order. facts: what was read; see C(is_answered)."""
        return plan_kubelet(self.files, facts) if self.kubelet else plan_files(self.files, facts)


def request(plans: t.Sequence[Plan]) -> dict[str, t.Any]:
    """What host_read is asked for, for all of the plans."""
    paths = [path for plan in plans for path in plan.paths()]
    return {"config": {}, "paths": paths, "kubelet": any(plan.kubelet for plan in plans)}


def plan_of(phase: str, config: Config) -> Plan:
    """The plan of one of C(PLANNED). Raises KubewrightError where the user's patches cannot be applied."""
    return Plan(phase_files(phase, config), phase == "kubelet_start")


__all__ = ("PLANNED", "Plan", "plan_of", "request")
