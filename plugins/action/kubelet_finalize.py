# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of kubelet_finalize."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.phase import PhaseAction


class ActionModule(PhaseAction):
    """See the module's documentation."""
