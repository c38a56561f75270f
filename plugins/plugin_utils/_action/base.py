# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What all actions share: arguments that are checked before anything else, and one message for what a user can fix."""

from __future__ import annotations

import contextlib
import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.action import ActionBase

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.printable import printable
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.redact import (
    credentials_in,
    longest_first,
    without_credentials,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.values import with_texts

Result = dict[str, t.Any]
# Of a result, what is compared later, and not shown.
COMPARED = ("ahead", "config", "facts", "join_facts", "resolved")
Specification = t.Mapping[str, t.Mapping[str, t.Any]]


def checked_arguments(specification: Specification, given: t.Mapping[str, t.Any]) -> Result:
    """The arguments of a task with their defaults and in their types. Raises KubewrightError with all that is wrong.

    specification: as AnsibleModule takes it, of what a task may give.
    """
    # Before ansible-core 2.19 a template whose value is null is an empty text.
    told = {
        name: value
        for name, value in given.items()
        if not (value == "" and specification.get(name, {}).get("type") == "dict")
    }
    checked = ArgumentSpecValidator(dict(specification)).validate(told)
    if checked.error_messages:
        raise KubewrightError("; ".join(str(message) for message in checked.error_messages))
    return t.cast(Result, checked.validated_parameters)


def warned(result: Result, texts: t.Iterable[str]) -> Result:
    """The result with more warnings, each once; ansible-core shows what C(warnings) of a result holds.

    The list in the result is ansible-core's own: from 2.19 on it has other things than texts, and 2.21 goes on using it,
    so a text that is put into that very list breaks the output of the task. A new list of both is taken by all.
    """
    warnings = [*(result.get("warnings") or [])]
    warnings += [text for text in dict.fromkeys(texts) if text not in warnings]
    return dict(result, warnings=warnings) if warnings else result


def _earlier_credentials(diff: t.Any) -> list[str]:
    """Names and passwords of proxies in what a diff shows; a file may hold others than are declared now."""
    items = diff if isinstance(diff, list) else [diff]
    texts = [str(item.get(side) or "") for item in items if isinstance(item, dict) for side in ("before", "after")]
    return longest_first(found for text in texts for found in credentials_in(text))


def shown(result: Result) -> Result:
    """A result whose texts can be printed: what the host, the API and the user's files say is others' text."""
    earlier = _earlier_credentials(result["diff"]) if result.get("diff") else []

    def fit(text: str) -> str:
        return printable(without_credentials(text, earlier))

    return {key: value if key in COMPARED else with_texts(value, fit) for key, value in result.items()}


class CheckedAction(ActionBase):  # type: ignore[misc]  # ansible-core is untyped
    """An action whose subclasses say what a task may give, and what they do with it.

    argument_spec: what a task may give, as the module's documentation says; a test compares the two.
    """

    _supports_check_mode = True
    _supports_async = False
    argument_spec: t.ClassVar[Specification]

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> Result:
        """Checks the arguments and acts."""
        result: Result = super().run(tmp, task_vars)
        label = str(self._task.action).rsplit(".", 1)[-1]
        try:
            arguments = checked_arguments(self.argument_spec, self._task.args)
            label = self.label(arguments) or label
            return shown(dict(result, **self.act(arguments, task_vars or {})))
        except KubewrightError as error:
            return shown(dict(result, failed=True, msg=f"{label}: {error}"))

    def label(self, arguments: Result) -> str:
        """What stands in front of a message; the action's own name by default."""
        return ""

    def hide_answer(self) -> None:
        """The connection shows what the host answers with -vvv, unless it is told not to."""
        self._connection._play_context.no_log = True

    def send_in_memory(self) -> None:
        """Has the arguments sent without a file on the host, whatever the inventory says of pipelining.

        Raises KubewrightError where the connection cannot, or is told to keep its files.
        """
        with contextlib.suppress(KeyError, AttributeError):
            self._connection.set_option("pipelining", True)
        if not self._is_pipelining_enabled("new"):
            raise KubewrightError(
                "what is sent holds secrets, and Ansible would write it into a file of the host. Take a connection that knows pipelining, "
                "as ssh does, and leave ANSIBLE_KEEP_REMOTE_FILES unset."
            )

    def hidden(self, result: Result) -> Result:
        """A result that is not shown. Nor are its warnings then, so that they are shown by themselves."""
        for text in result.get("warnings") or []:
            self._display.warning(str(text))
        return dict(result, warnings=[], _ansible_no_log=True)

    def act(self, arguments: Result, variables: Result) -> Result:
        """The result of the task. Raises KubewrightError for what a user can fix."""
        raise NotImplementedError


class HandingOn(CheckedAction):
    """An action whose module gets the arguments as they are: the host knows what is meant by them."""

    def act(self, arguments: Result, variables: Result) -> Result:
        """Asks the host."""
        return t.cast(Result, self._execute_module(module_args=dict(self._task.args), task_vars=variables))


__all__ = ("COMPARED", "CheckedAction", "HandingOn", "Result", "Specification", "checked_arguments", "shown", "warned")
