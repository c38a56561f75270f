# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of preflight_check: compares the clocks and judges the outcomes."""

from __future__ import annotations

import time
import typing as t

from ansible.module_utils.parsing.convert_bool import boolean

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import judgement
from ansible_collections.kubewright.control_plane.plugins.plugin_utils import _clock as clock
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action import PhaseAction, Result, warned


class ActionModule(PhaseAction):
    """See the module's documentation."""

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> Result:
        """Fails for errors that nobody waived, and warns of the rest."""
        before = time.time()
        result = super().run(tmp, task_vars)
        after = time.time()
        if "checks" not in result:
            return result
        if "clock" in result["identity"]:
            offset = clock.offset(result["identity"].pop("clock"), before, after)
            result["identity"]["clock_offset"] = list(offset)
            config = self.config(dict(self._task.args))
            result["checks"].append(judgement.row(clock.check(offset), *_named(config.data, self._task.args)))
        found = judgement.judge(result["checks"])
        result["waived"] = found.waived
        if boolean(self._task.args.get("fail", True)):
            result = warned(result, found.warnings)
            if found.errors:
                result.update(failed=True, msg="preflight: " + judgement.message(found.errors))
        return result

    def controller_arguments(self, arguments: Result, variables: dict[str, t.Any]) -> Result:
        """None; the module has all that it needs."""
        return {}


def _named(config: t.Mapping[str, t.Any], arguments: t.Mapping[str, t.Any]) -> tuple[list[str], list[str]]:
    """The checks that the user waives, and those whose warnings count as errors."""
    ignored = arguments.get("ignore")
    if isinstance(ignored, str):
        ignored = [name.strip() for name in ignored.split(",")]
    if ignored is None:
        ignored = config.get("ignorePreflightErrors", [])
    return list(ignored), list(config.get("preflightErrors", []))
