# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of component_restart."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result, Specification
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.phase import CONFIG, PhaseAction


class ActionModule(PhaseAction):
    """See the module's documentation."""

    ships_config = True

    argument_spec: t.ClassVar[Specification] = {
        **CONFIG,
        "changed_manifests": {"type": "list", "elements": "str", "default": []},
        "kubelet_started": {"type": "bool", "default": False},
        "reasons": {"type": "dict", "default": {}},
    }

    def label(self, arguments: Result) -> str:
        """The phase."""
        return "wait_control_plane"
