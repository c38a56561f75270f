# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole of bootstrap_token: plans tokens, their rules and the discovery information, and has what differs applied."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result, Specification
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.phase import READ
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.planned import CARRIED, PlannedObjects
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.phases import PhasePlan, plan_of


class ActionModule(PlannedObjects):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {**READ, **CARRIED}

    def phase(self, arguments: Result) -> str:
        """Always the same."""
        return "bootstrap_token"

    def plan(self, config: Config, arguments: Result, variables: Result) -> PhasePlan:
        """With the declared tokens, which are in no configuration."""
        return plan_of("bootstrap_token", config, self.declared_tokens(variables))
