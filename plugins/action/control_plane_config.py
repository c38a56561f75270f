# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole of control_plane_config: checks the input, asks the host for its facts, resolves."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import InvalidInput
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result, warned
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.configuration import NotAsked
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.joining import JoiningAction
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._join.control_plane import (
    joining,
    refuse_other_cluster,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._join.emptying import emptied
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.resolve import certificates_dir


class ActionModule(JoiningAction):
    """See the module's documentation."""

    def for_cluster(self, cluster: Result, variables: Result) -> Result:
        """Resolves, or returns every fault in one message."""
        read = self.user_input(variables)
        try:
            shared = {"folder": certificates_dir(read), "digests": cluster["shared_certs"]}
            facts, answers = self.asked(read, cluster, variables, {"shared_certs": shared})
            resolved = self.resolved(read, facts, variables)
            refuse_other_cluster(resolved, cluster, read.name)
        except NotAsked as lost:
            return lost.answer
        except InvalidInput as error:
            return warned({"failed": True, "msg": str(error)}, read.warnings)
        identity = answers["join"]
        config = Config(joining(resolved, cluster, identity))
        joined = config.joined_control_plane or {}
        if joined["problem"] and not self._task.check_mode:
            # Before a member of etcd is added for a host that cannot be given its token.
            self.send_in_memory()
        is_changed = not joined["problem"] and "kubelet_start" not in config.data["skipPhases"]
        result = {
            "changed": False,
            "check_mode": bool(self._task.check_mode),
            "resolved": config.data,
            "node": config.node_name,
            "joins": joined["problem"],
            "has_token": identity["has_token"],
            "etcd": joined["etcd"],
            "absent_shared_certs": (answers.get("shared_certs") or {}).get("absent"),
            "shared_mode": f"{config.release.shared_public_mode:04o}",
            "in_status": config.release.cluster_status,
            **emptied(config, identity["settings"] if is_changed else None, cluster, read.warnings),
        }
        return warned(result, read.warnings)
