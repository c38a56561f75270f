# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of image_ensure: tells of each image as it comes, and judges what failed."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.printable import line
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import pulls as image_pulls
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.answers import answer_to
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result, Specification, warned
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.phase import READ, PhaseAction
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.images import images
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.questions import image_settings
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.rows import image_rows
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import is_named


class ActionModule(PhaseAction):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {
        **READ,
        "images": {"type": "list", "elements": "str"},
        "archives": {"type": "list", "elements": "str"},
        "pull": {"type": "bool", "default": True},
    }

    def label(self, arguments: Result) -> str:
        """The phase."""
        return "images"

    def run_phase(self, config: Config, arguments: Result, variables: Result) -> Result:
        """Asks the host once where nobody did, and once more for each image that is to be pulled."""
        archives = arguments["archives"]
        archives = config.data.get("imageArchives", []) if archives is None else archives
        question = {"images": arguments["images"] or images(config), "settings": image_settings(config)}
        result = answer_to("images", question, arguments["read"])
        if result is None or (result["missing"] and archives):
            # This execution pulls nothing.
            result = self.execute(config, {**question, "archives": archives, "pull": False}, variables)
        if "to_pull" not in result:
            return result
        waived = is_named("ImagePull", config.data.get("ignorePreflightErrors", []))
        if self._task.check_mode:
            self._tell_plan(result, variables, waived)
        else:
            for archive in result["imported"]:
                self._tell(variables, f"imported {archive}")
            if arguments["pull"] and (waived or not result["failed_imports"]):
                self._pull(result, config, variables)
        pulled = "".join(f"{image}\n" for image in result["pulled"])
        result["diff"] = {"before": "", "after": pulled} if pulled else {}
        result["planned"] = [row.plain() for row in image_rows(result["pulled"], result["imported"])]
        if result["failed_imports"] or result["failed_pulls"]:
            text = "ImagePull: " + image_pulls.failure_message(result["failed_imports"], result["failed_pulls"])
            if waived:
                result["waived"] = [f"ImagePull; {image}" for image in result["failed_pulls"]]
                return warned(result, [f"waived error {text}"])
            if not (result.get("failed") or result.get("unreachable")):
                text += " Or add ImagePull to kubewright_ignore_preflight_errors."
                result.update(failed=True, msg=f"images: {text}")
        return result

    def _tell(self, variables: Result, text: str) -> None:
        """A line at once. Not on the standard output, which may be read by a program."""
        self._display.display(f"{line(str(variables.get('inventory_hostname', 'host')))}: {line(text)}", stderr=True)

    def _tell_plan(self, result: Result, variables: Result, waived: bool) -> None:
        for index, archive in enumerate(result["imported"]):
            self._tell(variables, f"would import {archive}" + (" if an image is missing still" if index else ""))
        for image in result["to_pull"]:
            self._tell(variables, f"would pull {image}" + (" where no archive has it" if result["imported"] else ""))
        if waived:
            # Whether a pull succeeds is not known before. Where failures are waived, a missing image is no sure change.
            untried = dict.fromkeys(result["to_pull"], image_pulls.NOT_TRIED + " in check mode")
            result.update(pulled=[], changed=bool(result["imported"]), failed_pulls=untried)

    def _pull(self, result: Result, config: Config, variables: Result) -> None:
        """Pulls what is to be pulled: each image in an execution of its own, or all side by side in one."""
        to_pull, serial = result["to_pull"], config.init["nodeRegistration"]["imagePullSerial"]
        stalled: set[str] = set()
        told = 0
        for asked in [[image] for image in to_pull] if serial else [to_pull] if to_pull else []:
            registries = {image_pulls.registry(image) for image in asked}
            if registries <= stalled:
                answer = _not_tried(asked)
            else:
                answer = self.execute(
                    config,
                    {"images": asked, "archives": [], "settings": image_settings(config), "pull": True},
                    variables,
                )
            if "failed_pulls" not in answer:
                # The host is gone, or the runtime cannot be asked any more. What was pulled before stays said.
                result.update(answer, changed=result["changed"])
                return
            result["changed"] = result["changed"] or answer["changed"]
            result["pulled"] += answer["pulled"]
            result["timed_out"] += answer["timed_out"]
            for key in ("failed_pulls", "seconds"):
                result[key].update(answer[key])
            result.update(warned(result, answer.get("warnings") or []))
            stalled.update(image_pulls.registry(image) for image in answer["timed_out"])
            for image in asked:
                told += 1
                place = "(%d of %d)" % (told, len(to_pull))
                took = "{} s".format(answer["seconds"].get(image, 0.0))
                if image not in answer["failed_pulls"]:
                    self._tell(variables, f"pulled {image} in {took} {place}")
                elif image in answer["seconds"]:
                    self._tell(variables, f"could not pull {image} after {took} {place}")


def _not_tried(images: list[str]) -> Result:
    error = image_pulls.NOT_TRIED + ", because the pull of another image from {} has run into its time limit"
    return {
        "changed": False,
        "pulled": [],
        "failed_pulls": {image: error.format(image_pulls.registry(image)) for image in images},
        "timed_out": [],
        "seconds": {},
    }
