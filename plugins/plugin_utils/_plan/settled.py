# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The phases of which it was known when the host was read that they change nothing: none of them plans again what init_read has."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.values import value_digest
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.files import Facts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.phases import PhasePlan

# Their plans depend on more than the configuration and what was read: on what lies on the controller, and on declared tokens.
_PLANNED_BY_MORE = ("certs", "kubeconfig", "bootstrap_token")


def mark(phase: str, config: Config, check: bool) -> str:
    """A mark of all that the plan of a phase depends on, beside what was read."""
    return value_digest([phase, config.data, check])


def settled(plans: t.Mapping[str, PhasePlan], facts: Facts, check: bool) -> list[str]:
    """The phases that change nothing. What cannot be planned by these facts is for the phase itself to say.

    plans: by phase. facts: see C(PhasePlan.is_answered). check: of the run.
    """
    found = []
    for phase, plan in plans.items():
        if phase in _PLANNED_BY_MORE:
            continue
        try:
            if plan.is_answered(facts) and not plan.error(facts) and not plan.changes(facts, check):
                found.append(phase)
        except KubewrightError:
            continue
    return found


__all__ = ("mark", "settled")
