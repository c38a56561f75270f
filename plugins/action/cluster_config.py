# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of cluster_config: checks the variables, asks the host for its facts, resolves."""

from __future__ import annotations

import typing as t

from ansible.plugins.action import ActionBase

from ansible_collections.kubewright.control_plane.plugins.module_utils._errors import Fault, InvalidInput
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action import PhaseAction, Result
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._render import plain
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve import (
    SOCKETS,
    certificates_dir,
    read_variables,
    resolve,
    watched_directories,
)


class ActionModule(PhaseAction):
    """See the module's documentation."""

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> Result:
        """Resolves, or returns every fault in one message."""
        result: Result = ActionBase.run(self, tmp, task_vars)
        variables, broken = self.user_variables(task_vars or {})
        asked = {
            "certificates_dir": certificates_dir(read_variables(variables)),
            "directories": watched_directories(),
            "sockets": list(SOCKETS),
        }
        answer = self._execute_module(module_args={"config": asked}, task_vars=task_vars)
        if answer.get("failed") or answer.get("unreachable") or "facts" not in answer:
            return dict(result, **answer)
        faults = [
            Fault(name, f"a template that fails ({cause})", "a value", "Correct the template.")
            for name, cause in broken.items()
        ]
        try:
            resolved = resolve(variables, answer["facts"])
        except InvalidInput as error:
            faults += [fault for fault in error.faults if fault not in faults]
        if faults:
            return dict(
                result, failed=True, msg=str(InvalidInput(faults)), faults=[fault._asdict() for fault in faults]
            )
        return dict(result, changed=False, resolved=plain(resolved))
