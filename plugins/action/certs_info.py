# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole of certs_info: what the host was read to have, judged by what is declared."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import InvalidInput
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result, Specification
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.certificates import (
    Lost,
    ReadingAction,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.phase import READ
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.report import entries
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._signing.given_authorities import (
    given_authorities,
)


class ActionModule(ReadingAction):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = READ

    def label(self, arguments: Result) -> str:
        """The phase."""
        return "certs"

    def run_phase(self, config: Config, arguments: Result, variables: Result) -> Result:
        """Reads and judges. The CAs that the user gives are taken without their keys: nothing is signed."""
        named, read_file = config.controller["caFiles"], self.controller_files(variables).text
        given, faults = given_authorities(named, False, read_file)
        if faults:
            raise InvalidInput(faults)
        try:
            facts = self.facts(config, arguments["read"], variables)
        except Lost as lost:
            return lost.answer
        found = entries(config, facts, {path: ca._replace(key=None) for path, ca in given.items()})
        return {"changed": False, "certificates": [entry._asdict() for entry in found]}
