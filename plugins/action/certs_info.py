# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of certs_info: the certificates of the CAs that the user gives, to compare those of the host with."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import InvalidInput
from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.phase import PhaseAction
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._signing.given_authorities import (
    authority_argument,
    given_authorities,
)


class ActionModule(PhaseAction):
    """See the module's documentation."""

    ships_config = True

    def controller_arguments(self, config: Config, arguments: Result, variables: Result) -> Result:
        """Without their keys: nothing is signed."""
        given, faults = given_authorities(self.user_input(variables), self.controller_files(variables).text)
        if faults:
            raise InvalidInput(faults)
        return {"authorities": [authority_argument(path, ca._replace(key=None)) for path, ca in given.items()]}
