# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole of host_files: plans the files of a phase, and has what differs written."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result, Specification
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.phase import READ
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.planned import CARRIED, PlannedAction
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan import changes


class ActionModule(PlannedAction):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {
        **READ,
        **CARRIED,
        "phase": {"type": "str", "required": True, "choices": ["audit", "control_plane", "etcd"]},
    }

    def phase(self, arguments: Result) -> str:
        """As the task says."""
        return str(arguments["phase"])

    def result(self, planned: t.Sequence[changes.Change]) -> Result:
        """With the manifests whose pods the kubelet is going to replace."""
        return {
            "written": changes.written(planned),
            "contents": changes.contents(planned),
            "replaced": changes.replaced(planned),
        }
