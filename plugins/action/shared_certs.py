# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of shared_certs: the files travel hidden, and the plan has a row for each."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import (
    HandingOn,
    Result,
    Specification,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.rows import CREATE, Row


class ActionModule(HandingOn):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {
        "digests": {"type": "dict", "required": True},
        "files": {"type": "dict", "no_log": True},
        "folder": {"type": "str", "default": "/etc/kubernetes/pki"},
        "replaced": {"type": "list", "elements": "str", "default": []},
        "or_digests": {"type": "list", "elements": "dict", "default": []},
        "mode": {"type": "str", "choices": ["0600", "0644"], "default": "0600"},
        "lock_timeout": {"type": "float", "default": 120.0},
    }

    def act(self, arguments: Result, variables: Result) -> Result:
        """Has the host write them."""
        self.hide_answer()
        if arguments["files"]:
            self.send_in_memory()
        result = super().act(arguments, variables)
        reason = "the control planes of the cluster have it in common"
        paths = [f"{arguments['folder']}/{name}" for name in result.get("written") or []]
        return dict(result, paths=paths, planned=[Row(path, CREATE, reason).plain() for path in paths])
