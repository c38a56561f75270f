# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What the actions of the phases share: render on the controller, then run the module once on the host."""

from __future__ import annotations

import os
import typing as t

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import Fault, KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.input import Input, read_input
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.variables import PREFIX

Result = dict[str, t.Any]


def warned(result: Result, texts: t.Iterable[str]) -> Result:
    """The result with more warnings, each once; ansible-core shows what C(warnings) of a result holds.

    The list in the result is ansible-core's own: from 2.19 on it has other things than texts, and 2.21 goes on using it,
    so a text that is put into that very list breaks the output of the task. A new list of both is taken by all.
    """
    warnings = [*(result.get("warnings") or [])]
    warnings += [text for text in dict.fromkeys(texts) if text not in warnings]
    return dict(result, warnings=warnings) if warnings else result


class PhaseAction(ActionBase):  # type: ignore[misc]  # ansible-core is untyped
    """An action whose subclasses add what the controller knows to the module's arguments."""

    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> Result:
        """Runs the module; what a user can mend becomes one message."""
        result: Result = super().run(tmp, task_vars)
        variables = task_vars or {}
        arguments = dict(self._task.args)
        try:
            arguments.update(self.controller_arguments(arguments, variables))
        except KubewrightError as error:
            return dict(
                result,
                failed=True,
                msg="{}: {}".format(arguments.get("phase") or self._task.action.rsplit(".", 1)[-1], error),
            )
        result.update(self._execute_module(module_args=arguments, task_vars=variables))
        return result

    def controller_arguments(self, arguments: Result, variables: dict[str, t.Any]) -> Result:
        """The arguments that the controller adds. Raises KubewrightError."""
        raise NotImplementedError

    def config(self, arguments: Result) -> Config:
        """The resolved configuration among the arguments. Raises KubewrightError where it is none."""
        config = arguments.get("config")
        if not isinstance(config, dict):
            raise KubewrightError(
                "config is missing: pass what kubewright.control_plane.cluster_config returned as 'resolved'"
            )
        return Config(config)

    def controller_path(self, path: str, variables: Result) -> str:
        """The file or folder on the controller that a path stands for. Raises KubewrightError where there is none.

        A relative path is looked for beside the playbook, beside the inventory and in the working directory.
        """
        places = [str(self._loader.path_dwim(path))]
        if not os.path.isabs(os.path.expanduser(path)):
            folders = [variables.get("inventory_dir"), os.getcwd()]
            places += [os.path.normpath(os.path.join(folder, path)) for folder in folders if folder]
        for place in places:
            if os.path.exists(place):
                return place
        raise KubewrightError("there is no {}".format(" nor ".join(dict.fromkeys(places))))

    def _text(self, path: str) -> str:
        """The text of a file on the controller, decrypted where it is a vault. Raises KubewrightError."""
        if not os.path.isfile(path):
            raise KubewrightError(f"{path} is not a file")
        try:
            with open(self._loader.get_real_file(path), encoding="utf-8") as stream:
                return stream.read()
        except OSError as error:
            raise KubewrightError(f"{path}: {error.strerror}") from None
        except UnicodeDecodeError:
            raise KubewrightError(f"{path}: not a text in UTF-8") from None
        except AnsibleError as error:
            raise KubewrightError(f"{path}: {error}") from None

    def controller_file(self, path: str, variables: Result) -> str:
        """The text of a file; see C(controller_path). Raises KubewrightError."""
        return self._text(self.controller_path(path, variables))

    def controller_directory(self, path: str, variables: Result) -> dict[str, str]:
        """The texts of the files in a folder and below, by their paths in it. Raises KubewrightError."""
        folder = self.controller_path(path, variables)
        if not os.path.isdir(folder):
            raise KubewrightError(f"{folder} is not a folder")
        found = [
            os.path.relpath(os.path.join(directory, name), folder)
            for directory, _directories, names in os.walk(folder)
            for name in names
        ]
        return {name: self._text(os.path.join(folder, name)) for name in found}

    def user_input(self, variables: dict[str, t.Any]) -> Input:
        """The user's input, checked value by value; a template that fails is a fault."""
        found, broken = self.user_variables(variables)
        read = read_input(found, lambda path: self.controller_file(path, variables))
        read.faults[:0] = [
            Fault(name, f"a template that fails ({cause})", "a value", "Correct the template.")
            for name, cause in broken.items()
        ]
        return read

    def user_variables(self, variables: dict[str, t.Any]) -> tuple[Result, dict[str, str]]:
        """The user's variables with their templates resolved, and the cause for each that could not be."""
        found: Result = {}
        broken: dict[str, str] = {}
        for name, value in variables.items():
            if not name.startswith(PREFIX):
                continue
            try:
                found[name] = self._templar.template(value)
            except AnsibleError as error:
                broken[name] = str(error)
        return found, broken


__all__ = ("PhaseAction", "Result", "warned")
