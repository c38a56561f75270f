# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole of kubelet_start: plans the kubelet's files, and has it stopped, written and started."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result, Specification
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.phase import READ
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.planned import CARRIED, PlannedAction
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan import changes


class ActionModule(PlannedAction):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {**READ, **CARRIED}

    def phase(self, arguments: Result) -> str:
        """Always the same."""
        return "kubelet_start"

    def result(self, planned: t.Sequence[changes.Change]) -> Result:
        """With whether the kubelet is started."""
        started = any(isinstance(change, changes.StartKubelet) for change in planned)
        return {"written": changes.written(planned), "started": started}
