# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole of kube_apply: plans the objects of a phase, and has what differs applied."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result, Specification
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.phase import READ
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.planned import CARRIED, PlannedObjects


class ActionModule(PlannedObjects):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {
        **READ,
        **CARRIED,
        "phase": {"type": "str", "required": True, "choices": ["upload_config", "mark_control_plane", "addons"]},
    }

    def phase(self, arguments: Result) -> str:
        """As the task says."""
        return str(arguments["phase"])
