# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of preflight_check: asks, makes the checks of the facts, compares the clocks and judges the outcomes."""

from __future__ import annotations

import time
import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils import _clock as clock
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.answers import answer_to
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result, Specification, warned
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.phase import READ, PhaseAction, not_read
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import judgement
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.all import questions, run_checks


class ActionModule(PhaseAction):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {
        **READ,
        "ignore": {"type": "list", "elements": "str"},
        "fail": {"type": "bool", "default": True},
        "facts": {"type": "bool", "default": False},
    }

    def label(self, arguments: Result) -> str:
        """The phase."""
        return "preflight"

    def run_phase(self, config: Config, arguments: Result, variables: Result) -> Result:
        """Fails for errors that nobody waived, and warns of the rest."""
        asked = dict(questions(config))
        answer = answer_to("preflight", asked, arguments["read"])
        if answer is not None:
            between = arguments["read"].get("between")
            if not (isinstance(between, list) and len(between) == 2):
                raise not_read()
            before, after = between
            answer = dict(answer, changed=False)
        else:
            before = time.time()
            given = {"config": {}, "questions": asked}
            answer = t.cast(Result, self._execute_module(module_args=given, task_vars=variables))
            after = time.time()
            if "facts" not in answer:
                return answer
        ignored = arguments["ignore"]
        if ignored is None:
            ignored = config.data.get("ignorePreflightErrors", [])
        checks, identity = run_checks(config, answer["facts"]), dict(answer["identity"])
        if "clock" in identity:
            offset = clock.offset(identity.pop("clock"), before, after)
            identity["clock_offset"] = list(offset)
            checks.append(clock.check(offset))
        rows = [judgement.row(check, ignored, config.data.get("preflightErrors", [])) for check in checks]
        found = judgement.judge(rows)
        result = dict(answer, checks=rows, identity=identity, waived=found.waived)
        if not arguments["facts"]:
            del result["facts"]
        if arguments["fail"]:
            result = warned(result, found.warnings)
            if found.errors:
                # ansible-core prints the result of a task that fails: with what is wrong, not with all that is right.
                wrong = [row for row in rows if not row["passed"]]
                result.update(failed=True, msg="preflight: " + judgement.message(found.errors), checks=wrong)
        return result
