# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of kube_apply: renders the objects of the phase."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result, Specification
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.phase import CONFIG, PhaseAction, api_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import phase_objects


class ActionModule(PhaseAction):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {
        **CONFIG,
        "phase": {"type": "str", "required": True, "choices": ["upload_config", "mark_control_plane", "addons"]},
    }

    def label(self, arguments: Result) -> str:
        """The phase."""
        return str(arguments["phase"])

    def controller_arguments(self, config: Config, arguments: Result, variables: Result) -> Result:
        """The rendered objects."""
        objects = [item._asdict() for item in phase_objects(arguments["phase"], config)]
        return {"api": api_of(config), "objects": objects}
