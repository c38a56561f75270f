# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of certs_info: the certificates of the CAs that the user gives, to compare those of the host with."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import InvalidInput
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action import PhaseAction, Result
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._signing.given_authorities import (
    authority_argument,
    given_authorities,
)


class ActionModule(PhaseAction):
    """See the module's documentation."""

    def controller_arguments(self, arguments: Result, variables: dict[str, t.Any]) -> Result:
        """Without their keys: nothing is signed."""
        read = self.user_input(variables)
        given, faults = given_authorities(read, lambda path: self.controller_file(path, variables))
        if faults:
            raise InvalidInput(faults)
        return {"authorities": [authority_argument(path, ca._replace(key=None)) for path, ca in given.items()]}
