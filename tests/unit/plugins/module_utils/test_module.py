# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The frame around every module: one result or one message, and commands as the host has them."""

from __future__ import annotations

import json
import typing as t

import pytest
from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import (
    Fault,
    InvalidInput,
    KubewrightError,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import ModuleResult, run_module
from any_core import patch_module_args

Said = tuple[int, dict[str, t.Any]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> t.Callable[..., Said]:
    """Runs a body in the frame: the exit code and what was printed."""

    def run_body(body: t.Callable[[AnsibleModule], ModuleResult], arguments: dict[str, t.Any], **more: t.Any) -> Said:
        options = {"phase": {"type": "str"}, "made": {"type": "dict"}}
        with patch_module_args(arguments), pytest.raises(SystemExit) as caught:
            run_module("etcd", options, body, **more)
        return t.cast("int", caught.value.code), json.loads(capsys.readouterr().out)

    return run_body


def _raise(error: Exception) -> t.Callable[[AnsibleModule], ModuleResult]:
    def body(_module: AnsibleModule) -> ModuleResult:
        raise error

    return body


def test_a_result(run: t.Callable[..., Said]) -> None:
    """Breaks every module."""
    code, said = run(lambda _module: {"changed": True, "found": [1]}, {})
    assert (code, said["changed"], said["found"]) == (0, True, [1])


@pytest.mark.parametrize(("arguments", "phase"), [({}, "etcd"), ({"phase": "audit"}, "audit")])
def test_what_a_user_can_fix(run: t.Callable[..., Said], arguments: dict[str, str], phase: str) -> None:
    """Breaks with a traceback, or names another phase than the task's."""
    code, said = run(_raise(KubewrightError("why")), arguments)
    assert (code, said["failed"], said["msg"]) == (1, True, f"{phase}: why")
    assert "exception" not in said
    faults = [Fault("a.b", "1", "2", "Give 2.")]
    assert "a.b" in run(_raise(InvalidInput(faults)), arguments)[1]["msg"]


def test_a_host_without_cryptography(run: t.Callable[..., Said]) -> None:
    """Breaks the cure on a fresh host: it says what is missing and how to install it, and nothing is done."""
    code, said = run(_raise(AssertionError()), {}, cryptography_error="No module named 'cryptography'")
    assert code == 1
    assert "No module named 'cryptography'" in said["msg"]
    assert "apt-get install python3-cryptography" in said["msg"]


def test_what_only_the_action_gives(run: t.Callable[..., Said]) -> None:
    """Breaks with a traceback where a module is called past its action."""
    code, said = run(_raise(AssertionError()), {}, from_action=("made",))
    assert (code, said["msg"].startswith("etcd: made: set by the action")) == (1, True)
    assert run(lambda _module: {}, {"made": {}}, from_action=("made",))[0] == 0
