# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of cluster_config: checks the input, asks the host for its facts, resolves."""

from __future__ import annotations

import typing as t

from ansible.plugins.action import ActionBase

from ansible_collections.kubewright.control_plane.plugins.module_utils._config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._errors import Fault, InvalidInput
from ansible_collections.kubewright.control_plane.plugins.plugin_utils import _targets as targets
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action import PhaseAction, Result
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._offline_facts import offline_facts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases import patch_problem
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._render import plain
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve import (
    SOCKETS,
    certificates_dir,
    resolve,
    watched_directories,
)


class ActionModule(PhaseAction):
    """See the module's documentation."""

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> Result:
        """Resolves, or returns every fault in one message."""
        result: Result = ActionBase.run(self, tmp, task_vars)
        variables = task_vars or {}
        read = self.user_input(variables)
        if self._task.args.get("offline"):
            known = {"inventory_hostname": variables["inventory_hostname"]}
            known["ansible_host"] = self._templar.template(variables.get("ansible_host"))
            facts = offline_facts(known, read.get(targets.RENDER_FACTS) or {})
        else:
            asked = {
                "certificates_dir": certificates_dir(read),
                "directories": watched_directories(),
                "sockets": list(SOCKETS),
            }
            answer = self._execute_module(module_args={"config": asked}, task_vars=task_vars)
            if answer.get("failed") or answer.get("unreachable") or "facts" not in answer:
                return dict(result, **answer)
            facts = answer["facts"]
        try:
            resolved = resolve(read, facts, self.controller_directory)
            problem = patch_problem(Config(resolved)) if resolved["patches"] else None
            if problem is not None:
                name = read.name(targets.PATCHES_DIRECTORY)
                raise InvalidInput([Fault(name, problem, "patches that can be applied", "Correct the file.")])
        except InvalidInput as error:
            faults = [fault._asdict() for fault in error.faults]
            return dict(result, failed=True, msg=str(error), faults=faults, warnings=read.warnings)
        return dict(result, changed=False, resolved=plain(resolved), warnings=read.warnings)
