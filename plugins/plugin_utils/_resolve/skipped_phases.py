# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.
"""The phases that init leaves out: kubeadm's names and those of the roles, brought to the latter."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import Fault
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.nearest import did_you_mean
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._workflow.phases import (
    WITHOUT_EFFECT,
    kubeadm_names,
    skip_names,
)


def skipped_phases(name: str, given: t.Sequence[str]) -> tuple[list[str], list[Fault]]:
    """The roles (and addons) to leave out. name: how messages call the setting."""
    known = skip_names()
    result: list[str] = []
    faults = []
    for index, phase in enumerate(given):
        if phase in known:
            result += [role for role in known[phase] if role not in result]
        else:
            cure = "Take it out." + did_you_mean(phase, list(known))
            faults.append(
                Fault("%s[%d]" % (name, index), phase, ", ".join([*kubeadm_names().values(), *WITHOUT_EFFECT]), cure)
            )
    return result, faults


__all__ = ("skipped_phases",)
