# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of pki_generate: the CAs that are kept here, and what is signed with them or by somebody else."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action import Result
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._credentials_action import CredentialsAction


class ActionModule(CredentialsAction):
    """See the module's documentation."""

    phase = "certs"
    brings_authorities = True

    def with_kubeconfigs(self, arguments: Result) -> bool:
        """Where the task says so."""
        return bool(arguments.get("kubeconfigs"))
