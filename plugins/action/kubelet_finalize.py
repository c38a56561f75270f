# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of kubelet_finalize."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubelet_kubeconfig import reference
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.phase import PhaseAction


class ActionModule(PhaseAction):
    """See the module's documentation."""

    def run_phase(self, config: Config, arguments: Result, variables: Result) -> Result:
        """Asks the host where this minor's kubeadm has the phase."""
        if not config.release.kubelet_finalize:
            return {"changed": False}
        return self.execute(config, {"reference": reference(config)._asdict()}, variables)
