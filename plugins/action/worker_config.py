# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole of worker_config: checks the input, asks the host for its facts, resolves."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.node import CRI_SOCKET
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result, Specification, warned
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.configuration import NotAsked
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.joining import JoiningAction
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._join.cluster import (
    declared,
    problem_of,
    version_of,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._join.emptying import emptied
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._join.worker import (
    joining,
    kubelet_text,
    worker_facts,
    worker_variables,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.release import Release


class ActionModule(JoiningAction):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {**JoiningAction.argument_spec, "config": {"type": "dict"}}

    def act(self, arguments: Result, variables: Result) -> Result:
        """Before there is a cluster it is taken for what its control plane is going to make."""
        if not arguments["cluster"] and arguments["config"]:
            return self.for_cluster(declared(Config(arguments["config"])), variables)
        return super().act(arguments, variables)

    def for_cluster(self, cluster: Result, variables: Result) -> Result:
        """Resolves, or returns every fault in one message."""
        release = Release(version_of(cluster))
        kubelet = kubelet_text(cluster, release.kubelet_config_map)
        configuration = str(cluster["configuration"])
        read = self.chosen_input(variables, lambda found: worker_variables(found, configuration, kubelet))
        try:
            facts, answers = self.asked(read, cluster, variables)
        except NotAsked as lost:
            return lost.answer
        identity = answers["join"]
        if facts["controller_manager_mounts"] is not None:
            raise KubewrightError(
                "the host is a control plane: kube-controller-manager has a manifest on it. Take it out of the workers, or take the "
                "control plane away (kubeadm reset) before it joins as a worker."
            )
        config = Config(self.resolved(read, worker_facts(facts), variables))
        problem = problem_of(identity, config.node_name, [cluster["server"]], cluster["nodes"])
        resolved = joining(config.data, cluster, kubelet, problem)
        is_annotated = not release.cri_socket_annotation or cluster["nodes"].get(config.node_name) == config.cri_socket
        annotations = {} if is_annotated else {CRI_SOCKET: config.cri_socket}
        result = {"changed": False, "resolved": resolved, "node": config.node_name, "annotations": annotations}
        result.update(joins=problem, has_token=identity["has_token"], check_mode=bool(self._task.check_mode))
        # What joins has no pods of this cluster yet.
        settings = identity["settings"] if not problem else None
        result.update(emptied(Config(resolved), settings, cluster, read.warnings))
        return warned(result, read.warnings)
