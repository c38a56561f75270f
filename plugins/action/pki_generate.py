# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of pki_generate: the CAs that are kept here, and what is signed with them or by somebody else."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result, Specification
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.credentials import (
    CREDENTIALS,
    CredentialsAction,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.plan import CERTIFICATES, KUBECONFIGS
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.carry import WITH_CREDENTIALS


class ActionModule(CredentialsAction):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {
        **CREDENTIALS,
        "kubeconfigs": {"type": "bool", "default": False},
        "carry": {"type": "list", "elements": "str", "choices": list(WITH_CREDENTIALS), "default": []},
    }
    phase = "certs"
    brings_authorities = True

    def parts(self, arguments: Result) -> t.Collection[str]:
        """With kubeconfigs where the task says so."""
        return (CERTIFICATES, KUBECONFIGS) if arguments["kubeconfigs"] else (CERTIFICATES,)
