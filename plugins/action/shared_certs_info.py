# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of shared_certs_info: keeps the keys out of Ansible's output."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import (
    HandingOn,
    Result,
    Specification,
)


class ActionModule(HandingOn):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {
        "folder": {"type": "str", "default": "/etc/kubernetes/pki"},
        "etcd": {"type": "bool", "default": True},
        "names": {"type": "list", "elements": "str"},
    }

    def act(self, arguments: Result, variables: Result) -> Result:
        """Hides the answer of the host and the result, but not an error."""
        self.hide_answer()
        result = super().act(arguments, variables)
        return dict(result, _ansible_no_log=True) if "files" in result else result
