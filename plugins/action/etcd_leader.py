# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole of etcd_leader: no host is asked."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane_state import WHOLE
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import (
    CheckedAction,
    Result,
    Specification,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.registered import cause
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._join.leader import MEMBERS, leader


class ActionModule(CheckedAction):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {
        "answers": {"type": "list", "elements": "dict", "required": True},
    }

    def label(self, arguments: Result) -> str:
        """What the role does."""
        return "etcd"

    def act(self, arguments: Result, variables: Result) -> Result:
        """Chooses by what the hosts have answered."""
        host = variables["inventory_hostname"]
        answers = {str(answer.get("item")): answer for answer in arguments["answers"]}
        own = answers.get(host)
        if own is None:
            raise KubewrightError(f"answers: found none of {host}. Ask all hosts of the etcd, and this one too.")
        if "state" not in own:
            raise KubewrightError(cause(own))
        chosen = leader({name: answer if "state" in answer else None for name, answer in answers.items()}, MEMBERS)
        cluster, leads = answers[chosen].get("cluster"), chosen == host
        if not cluster and not leads and answers[chosen]["state"] == WHOLE:
            problem = answers[chosen].get("problem") or "it says nothing"
            raise KubewrightError(
                f"the member of {chosen}, which leads, does not answer ({problem}), so this host "
                "stays as it is. See to that one first: diagnose.yml says why it is not well."
            )
        return {"changed": False, "leader": chosen, "leads": leads, "cluster": cluster, "state": own["state"]}
