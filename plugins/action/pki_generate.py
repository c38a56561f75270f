# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of pki_generate: the CAs that the user gives as files on the controller."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._errors import InvalidInput
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action import PhaseAction, Result
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._given_authorities import given_authorities


class ActionModule(PhaseAction):
    """See the module's documentation."""

    def controller_arguments(self, arguments: Result, variables: dict[str, t.Any]) -> Result:
        """The texts of the files."""
        given, faults = given_authorities(
            self.user_input(variables), lambda path: self.controller_file(path, variables)
        )
        if faults:
            raise InvalidInput(faults)
        authorities = [
            {
                "path": path,
                "source": ca.source,
                "certificate": ca.certificate.decode(),
                "key": None if ca.key is None else ca.key.decode(),
            }
            for path, ca in given.items()
        ]
        return {"authorities": authorities}
