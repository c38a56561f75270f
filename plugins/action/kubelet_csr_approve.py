# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of kubelet_csr_approve: the plan has a row for each request."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import (
    HandingOn,
    Result,
    Specification,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.rows import CHANGE, Row


class ActionModule(HandingOn):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {
        "node": {"type": "str", "required": True},
        "addresses": {"type": "list", "elements": "str", "required": True},
        "wait": {"type": "bool", "default": False},
        "timeout": {"type": "float", "default": 60.0},
    }

    def label(self, arguments: Result) -> str:
        """The role."""
        return "kubelet_serving"

    def act(self, arguments: Result, variables: Result) -> Result:
        """Asks the host, and says what it has approved."""
        result = super().act(arguments, variables)
        rows = [
            Row(f"CertificateSigningRequest {name}", CHANGE, "it fits the node")
            for name in result.get("approved") or []
        ]
        return dict(result, planned=[row.plain() for row in rows])
