# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of cluster_config: checks the input, asks the host for its facts, resolves."""

from __future__ import annotations

import typing as t

from ansible.plugins.action import ActionBase

from ansible_collections.kubewright.control_plane.plugins.filter.first_of_each_cluster import first_of_each_cluster
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import Fault, InvalidInput
from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action import PhaseAction, Result, warned
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input import targets
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import patch_problems
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.offline_facts import offline_facts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.resolve import (
    certificates_dir,
    resolve,
    watched_directories,
    watched_sockets,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._signing.given_authorities import (
    given_authorities,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._templates.render import plain


def _initialises(variables: t.Mapping[str, t.Any]) -> bool:
    """Whether a host is the one of its cluster that is initialised: the first, or one of a site's own play."""
    hosts = (variables.get("groups") or {}).get("control_plane") or []
    host = variables.get("inventory_hostname")
    return host not in hosts or host in first_of_each_cluster(hosts, variables.get("hostvars") or {})


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
            if read.get(targets.RENDER_DIR) is None and not read.has_fault(targets.RENDER_DIR):
                name = read.name(targets.RENDER_DIR)
                read.faults.append(
                    Fault(name, "nothing", "a folder on the controller", "Name the folder to write into.")
                )
        else:
            asked = {
                "certificates_dir": certificates_dir(read),
                "directories": watched_directories(),
                "sockets": watched_sockets(),
            }
            answer = self._execute_module(module_args={"config": asked}, task_vars=task_vars)
            if answer.get("failed") or answer.get("unreachable") or "facts" not in answer:
                return dict(result, **answer)
            result, facts = warned(result, answer.get("warnings") or []), answer["facts"]
        if not read.has_fault(targets.CA_FILES):
            read.faults.extend(given_authorities(read, lambda path: self.controller_file(path, variables))[1])
        try:
            resolved = resolve(read, facts, lambda path: self.controller_directory(path, variables))
            if not _initialises(variables):
                # Those for people are made once for a cluster.
                resolved["kubeconfigs"] = []
            name = read.name(targets.PATCHES_DIRECTORY)
            problems = patch_problems(Config(resolved)) if resolved["patches"] else []
            if problems:
                wanted = "patches that can be applied"
                raise InvalidInput([Fault(name, problem, wanted, "Correct the file.") for problem in problems])
        except InvalidInput as error:
            faults = [fault._asdict() for fault in error.faults]
            return warned(dict(result, failed=True, msg=str(error), faults=faults), read.warnings)
        return warned(dict(result, changed=False, resolved=plain(resolved)), read.warnings)
