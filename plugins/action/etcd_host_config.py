# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole of etcd_host_config: checks the input, asks the host for its facts, resolves."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import (
    InvalidInput,
    KubewrightError,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubelet_identity import ABSENT
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane_state import (
    BEGUN,
    BLANK,
    WHOLE,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result, Specification, warned
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.configuration import NotAsked
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.joining import JoiningAction
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._join.etcd_host import (
    etcd_host_variables,
    joining,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.rows import CREATE, Row


def _refuse_other_groups(variables: Result) -> None:
    """Raises KubewrightError for a host that is to be something else, or of which the others do not know."""
    groups, host = variables.get("groups") or {}, variables["inventory_hostname"]
    other = [name for name in ("control_plane", "workers") if host in groups.get(name, ())]
    if other:
        raise KubewrightError(
            f"the host is in the group etcd and in {' and '.join(other)}: its kubelet can have a cluster or none. Take it out of one of "
            "them. An etcd on the control planes themselves needs no group: they have it where kubewright_etcd_external is not set."
        )
    if host not in groups.get("etcd", ()):
        raise KubewrightError(
            "the host is not in the group etcd, whose hosts form one etcd: it would begin one of its own. Put it into that group."
        )


class ActionModule(JoiningAction):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {
        "cluster": {"type": "dict"},
        "begins": {"type": "bool", "default": False},
        "state": {"type": "str", "choices": [BLANK, BEGUN, WHOLE], "default": BLANK},
    }

    def label(self, arguments: Result) -> str:
        """What the role does."""
        return "etcd"

    def act(self, arguments: Result, variables: Result) -> Result:
        """Resolves; where there is no member yet, as in check mode, nothing is known but that the host is going to have one."""
        _refuse_other_groups(variables)
        cluster = arguments["cluster"] or None
        if cluster is not None or arguments["begins"]:
            return self._resolved(cluster, arguments["state"] == WHOLE, variables)
        if not self._task.check_mode:
            raise KubewrightError("the host of the group etcd that leads has no member yet. Run for that host first.")
        row = Row(
            f"etcd member of {variables['inventory_hostname']}",
            CREATE,
            "it joins when there is a first one, and what it needs is known then",
        )
        return {"changed": True, "resolved": None, "planned": [row.plain()]}

    def _resolved(self, cluster: Result | None, is_whole: bool, variables: Result) -> Result:
        read = self.chosen_input(variables, etcd_host_variables)
        try:
            facts, answers = self.asked(read, {"ca": ""}, variables)
            resolved = joining(self.resolved(read, facts, variables), cluster, is_whole)
        except NotAsked as lost:
            return lost.answer
        except InvalidInput as error:
            return warned({"failed": True, "msg": str(error)}, read.warnings)
        identity = answers["join"]
        if identity["problem"] != ABSENT or identity["has_token"]:
            raise KubewrightError(
                "the host is a node of a cluster: /etc/kubernetes holds what its kubelet logs in with (kubelet.conf, or a token). Its pods "
                "would end. Take it out of the group etcd, or reset it first (reset.yml)."
            )
        result = {"changed": False, "resolved": resolved, "etcd": Config(resolved).etcd_host}
        return warned(result, read.warnings)
