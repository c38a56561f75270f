# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole of kubelet_finalize: plans kubelet.conf, and has it written and the kubelet restarted."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.files import LOOSE
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubelet_conf import PATH, REASON
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result, Specification
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.phase import READ
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.planned import (
    CARRIED,
    PlannedAction,
    carried_out,
    told,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan import changes
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.close import finalize_mark
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.rows import CHANGE, RESTART, Row

_ROWS = [Row(PATH, CHANGE, REASON), Row("kubelet", RESTART, REASON)]


class ActionModule(PlannedAction):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {**READ, **CARRIED, "reasons": {"type": "dict", "default": {}}}
    # Nothing waits after it.
    keeps = False

    def phase(self, arguments: Result) -> str:
        """Always the same."""
        return "kubelet_finalize"

    def run_phase(self, config: Config, arguments: Result, variables: Result) -> Result:
        """Asks the host where this minor's kubeadm has the phase."""
        if not config.release.kubelet_finalize:
            return {"changed": False, "planned": []}
        is_new = arguments["reasons"].get(PATH, LOOSE) != LOOSE
        if self._task.check_mode and is_new and config.kubelet.get("rotateCertificates", True):
            # By then the kubelet has been started with the new one, and has its certificate.
            return {"changed": True, "planned": told(_ROWS, {}, arguments)}
        carried = carried_out("kubelet_finalize", arguments["carried"], finalize_mark(config))
        if carried is not None and not carried.get("stale"):
            return dict(carried, planned=told(_ROWS if carried.get("changed") else [], carried, arguments))
        return super().run_phase(config, arguments, variables)

    def rows(self, planned: t.Sequence[changes.Change], answer: Result) -> list[Row]:
        """The same on a blank host in check mode, on which there is no file yet."""
        return _ROWS if planned else []

    def result(self, planned: t.Sequence[changes.Change]) -> Result:
        """Nothing but what the host answers."""
        return {}
