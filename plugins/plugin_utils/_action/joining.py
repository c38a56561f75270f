# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What the configurations of both kinds of nodes that join share: one look at the host."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import InvalidInput, KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result, Specification
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.configuration import (
    ConfiguringAction,
    misread,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.input import Input, read_input
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.rows import CREATE, Row

_IDENTITY = {"problem", "node", "server", "has_token", "settings"}


class JoiningAction(ConfiguringAction):
    """An action that resolves the configuration of a node that joins."""

    def label(self, arguments: Result) -> str:
        """What the role does."""
        return "join"

    argument_spec: t.ClassVar[Specification] = {"cluster": {"type": "dict"}}

    def act(self, arguments: Result, variables: Result) -> Result:
        """Resolves; where there is no cluster yet, as in check mode, nothing is known but that the node is going to join it."""
        cluster = arguments["cluster"]
        if cluster:
            return self.for_cluster(cluster, variables)
        if not self._task.check_mode:
            raise KubewrightError(
                "no control plane of the cluster has said what its nodes need (cluster of join_info): none answers, or none is named by "
                "kubewright_join_from or the group control_plane."
            )
        row = Row(
            f"node {variables['inventory_hostname']}",
            CREATE,
            "it joins when there is a cluster, and what it needs is known then",
        )
        return {"changed": True, "resolved": None, "node": "", "joins": row.reason, "planned": [row.plain()]}

    def for_cluster(self, cluster: Result, variables: Result) -> Result:
        """The result for a cluster; see M(kubewright.control_plane.join_info). Raises KubewrightError."""
        raise NotImplementedError

    def chosen_input(self, variables: Result, choose: t.Callable[[Result], Result]) -> Input:
        """The input that has a say for the host. choose: of the user's variables. Raises InvalidInput where any of them all is wrong."""
        everything = self.user_input(variables)
        if everything.faults:
            raise InvalidInput(everything.faults)
        found, _broken = self._user_variables(variables)
        return read_input(choose(found), self.controller_files(variables).text)

    def asked(
        self, read: Input, cluster: Result, variables: Result, more: t.Mapping[str, Result] | None = None
    ) -> tuple[Result, Result]:
        """The facts of the host, and its answers: what its kubelet logs in with (C(join)), and to further questions (more).

        Raises NotAsked.
        """
        self.hide_answer()
        questions = {"config": self.question(read), "join": {"ca": cluster["ca"]}, **(more or {})}
        answer = self._execute_module(
            module_name="kubewright.control_plane.host_read",
            module_args={"config": {}, "questions": questions},
            task_vars=variables,
        )
        facts = self.answered_facts(answer, read)
        answers = answer["facts"]["answers"]
        identity = answers.get("join")
        if not isinstance(identity, dict) or not identity.keys() >= _IDENTITY:
            raise misread()
        return facts, answers


__all__ = ("JoiningAction",)
