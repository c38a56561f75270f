# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of node_info: the host knows what is meant."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import HandingOn, Specification


class ActionModule(HandingOn):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {}
