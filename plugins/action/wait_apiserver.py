# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of wait_apiserver."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.printable import printable
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.answers import answer_to, answered
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result, Specification
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.following import following, new_path
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.phase import READ, PhaseAction
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.planned import planned_ahead
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.carry import (
    CLOSING,
    WITH_WAIT,
    with_marks,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.close import close, with_closing_marks
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.phases import api_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._running.control_plane import control_plane


class ActionModule(PhaseAction):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {
        **READ,
        "timeout": {"type": "int"},
        "changed_manifests": {"type": "list", "elements": "str", "default": []},
        "written_manifests": {"type": "list", "elements": "str", "default": []},
        "carry": {"type": "list", "elements": "str", "choices": list(WITH_WAIT), "default": []},
        "carry_read": {"type": "dict"},
        "close": {"type": "list", "elements": "str", "choices": list(CLOSING), "default": []},
        "bootstrap": {"type": "bool", "default": False},
    }

    kept: t.ClassVar[t.Collection[str]] = (*READ, "carry_read")

    def label(self, arguments: Result) -> str:
        """The phase."""
        return "wait_control_plane"

    def run_phase(self, config: Config, arguments: Result, variables: Result) -> Result:
        """Does not ask the host in check mode, or where all was well when it was read and no manifest has changed since."""
        if self._task.check_mode:
            return {"changed": False, "replaced": [], "seconds": 0.0, "served": {}}
        described = control_plane(config).plain()
        seen = answer_to("wait_control_plane", described, arguments["read"])
        if seen is not None and seen["served"] is not None and not arguments["changed_manifests"]:
            return {"changed": False, "replaced": [], "seconds": 0.0, "served": seen["served"]}
        more: Result = {"control_plane": described, "lock_timeout": config.lock_seconds}
        needed = {"bootstrap_token", "show_join"} & {*arguments["carry"], *arguments["close"]}
        tokens = self.declared_tokens(variables) if needed else []
        plan = planned_ahead(WITH_WAIT, config, arguments, tokens)
        if plan.items:
            secrets = [token["token"] for token in tokens if token.get("token")]
            more.update(api=api_of(config), objects=plan.items, secrets=secrets)
        # What ends a run comes after all objects.
        closing = close(arguments["close"], config, tokens) if plan.is_whole else {}
        if closing:
            more["closing"] = closing
        if "join" in closing:
            self.hide_answer()
        join = config.join or config.joined_control_plane
        if arguments["bootstrap"] and join is not None:
            more["bootstrapping"] = {"server": join["server"], "ca": join["ca"], "node": config.node_name}
        more["progress"] = new_path()
        with following(self, more["progress"], lambda text: self._say(text, variables)):
            answer = self.execute(config, more, variables)
        if answer.get("failed") or answer.get("unreachable"):
            return answer
        told = answer.pop("join", None)
        answer["carried"] = with_marks(plan.items, answer) | with_closing_marks(closing, answer)
        # What is hidden shows no warnings either.
        if told is not None and not answer.get("warnings"):
            answer["join_facts"] = answered("show_join", closing["join"], told)
            answer["_ansible_no_log"] = True
        return answer

    def _say(self, text: str, variables: Result) -> None:
        """A line while the host is waited for."""
        if not self._task.no_log:
            self._display.display(f"  {variables.get('inventory_hostname', '')}: {printable(text)}")
