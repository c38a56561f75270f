# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of host_keep: what is to be kept goes to the host as it is."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host import lock
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import HandingOn, Specification


class ActionModule(HandingOn):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {
        "phase": {"type": "str", "required": True},
        "paths": {"type": "list", "elements": "str", "required": True},
        "control_plane": {"type": "dict", "required": True},
        "lock_timeout": {"type": "float", "default": lock.SECONDS},
    }
