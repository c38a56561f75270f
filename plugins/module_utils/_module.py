# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The frame around every module: argument spec in, one error or one result out."""

from __future__ import annotations

import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError

ModuleResult = t.Dict[str, t.Any]

CONFIG_SPEC: dict[str, t.Any] = {"config": {"type": "dict", "required": True}}
# With what was read, for the action alone.
READ_SPEC: dict[str, t.Any] = dict(CONFIG_SPEC, read={"type": "dict"})


class QuietModule(AnsibleModule):  # type: ignore[misc]  # ansible-core is untyped
    """A module whose arguments reach neither the host's log nor the result.

    ansible-core writes every argument to syslog, and returns them all (shown with -vvv). What it leaves out are the values of
    options with C(no_log), found again in the text by their own characters, so that one of several lines, or one inside of
    another text, is not found.
    """

    def _log_invocation(self) -> None:
        given = sorted(name for name, value in self.params.items() if value is not None)
        self.log("Invoked with the options " + ", ".join(given))

    def _return_formatted(self, kwargs: dict[str, t.Any]) -> None:
        kwargs.setdefault("invocation", {"module_args": {}})
        super()._return_formatted(kwargs)


def without_cryptography(cause: str) -> str:
    """What to do on a host whose python3-cryptography cannot be used. cause: why it cannot."""
    return (
        f"python3-cryptography cannot be used on this host ({cause}). "
        "Install it: apt-get install python3-cryptography, or dnf install python3-cryptography."
    )


def run_module(
    phase: str,
    argument_spec: dict[str, t.Any],
    body: t.Callable[[AnsibleModule], ModuleResult],
    cryptography_error: str | None = None,
    from_action: t.Sequence[str] = (),
) -> None:
    """Builds the module, runs its body and ends the program.

    phase: named in front of every error, unless the task names another.
    body: returns the result, or raises KubewrightError for what a user can fix.
    from_action: the options without which the module cannot work, and which its action sets.
    cryptography_error: why python3-cryptography cannot be used, for a module that needs it.
    """
    module = QuietModule(argument_spec=argument_spec, supports_check_mode=True)
    phase = module.params.get("phase") or phase
    try:
        if cryptography_error is not None:
            raise KubewrightError(without_cryptography(cryptography_error))
        unset = [option for option in from_action if module.params[option] is None]
        if unset:
            raise KubewrightError(
                f"{', '.join(unset)}: set by the action of this module, which was not run. Call it by its full name."
            )
        result = body(module)
    except KubewrightError as error:
        module.fail_json(msg=f"{phase}: {error}", **getattr(error, "details", {}))
    module.exit_json(**result)


__all__ = (
    "CONFIG_SPEC",
    "READ_SPEC",
    "ModuleResult",
    "QuietModule",
    "run_module",
    "without_cryptography",
)
