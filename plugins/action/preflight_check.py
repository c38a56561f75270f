# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of preflight_check: compares the clocks and judges the outcomes."""

from __future__ import annotations

import time
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import judgement
from ansible_collections.kubewright.control_plane.plugins.plugin_utils import _clock as clock
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result, Specification, warned
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.phase import CONFIG, PhaseAction


class ActionModule(PhaseAction):
    """See the module's documentation."""

    ships_config = True

    argument_spec: t.ClassVar[Specification] = {
        **CONFIG,
        "ignore": {"type": "list", "elements": "str"},
        "fail": {"type": "bool", "default": True},
        "facts": {"type": "bool", "default": False},
    }

    def label(self, arguments: Result) -> str:
        """The phase."""
        return "preflight"

    def run_phase(self, config: Config, arguments: Result, variables: Result) -> Result:
        """Fails for errors that nobody waived, and warns of the rest."""
        before = time.time()
        result = self.execute(config, {}, variables)
        after = time.time()
        if "checks" not in result:
            return result
        if "clock" in result["identity"]:
            offset = clock.offset(result["identity"].pop("clock"), before, after)
            result["identity"]["clock_offset"] = list(offset)
            ignored = arguments["ignore"]
            if ignored is None:
                ignored = config.data.get("ignorePreflightErrors", [])
            errors = config.data.get("preflightErrors", [])
            result["checks"].append(judgement.row(clock.check(offset), ignored, errors))
        found = judgement.judge(result["checks"])
        result["waived"] = found.waived
        if arguments["fail"]:
            result = warned(result, found.warnings)
            if found.errors:
                result.update(failed=True, msg="preflight: " + judgement.message(found.errors))
        return result
