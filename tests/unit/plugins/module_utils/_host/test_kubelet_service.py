# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kubelet's service."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import kubelet_service as service
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result


@pytest.fixture(autouse=True)
def _systemctl(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "find_command", lambda name: "/bin/" + name)


def _answer(text: str, code: int = 0) -> t.Callable[[t.Sequence[str]], Result]:
    return lambda _argv: Result(code, text, "words")


@pytest.mark.parametrize(
    ("state", "active"), [("active", True), ("activating", True), ("inactive", False), ("failed", False)]
)
def test_whether_it_runs(state: str, active: bool) -> None:
    """Breaks when a kubelet that restarts in a loop counts as stopped, or a stopped one as running."""
    assert service.state(_answer("LoadState=loaded\nActiveState=%s\n" % state)).active is active


@pytest.mark.parametrize(("file", "disabled"), [("disabled", True), ("enabled", False), ("static", False), ("", False)])
def test_whether_it_starts_at_boot(file: str, disabled: bool) -> None:
    """Breaks a node after its next boot; or a run on a host whose kubelet something else starts, which changes it each time."""
    answer = _answer("LoadState=loaded\nActiveState=active\nUnitFileState=%s\n" % file)
    assert service.state(answer).disabled is disabled


@pytest.mark.parametrize("state", ["masked", "not-found"])
def test_a_unit_that_cannot_run(state: str) -> None:
    """Breaks the cure in the message for a masked or missing unit."""
    with pytest.raises(KubewrightError, match=r"kubelet\.service is %s\. Install .* unmask" % state):
        service.state(_answer("LoadState=%s\nActiveState=inactive\n" % state))


@pytest.mark.parametrize(
    ("text", "code", "pid"), [("MainPID=712\n", 0, 712), ("MainPID=0\n", 0, 0), ("", 0, 0), ("MainPID=712\n", 1, 0)]
)
def test_main_pid(text: str, code: int, pid: int) -> None:
    """Breaks the look at a kubelet that runs, or the plan for a host that has none yet."""
    assert service.main_pid(_answer(text, code)) == pid


def test_main_pid_without_systemd(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the plan for a host without systemd, with a traceback."""
    monkeypatch.setattr(service, "find_command", lambda _name: None)
    assert service.main_pid(_answer("MainPID=712\n")) == 0


def test_start_takes_up_changed_unit_files_first() -> None:
    """K4.4: breaks a start with an old unit file."""
    asked: list[list[str]] = []

    def run(argv: t.Sequence[str]) -> Result:
        asked.append(list(argv[1:]))
        return Result(0, "", "")

    service.start(run)
    service.stop(run)
    service.enable(run)
    assert asked == [
        ["daemon-reload"],
        ["restart", "kubelet.service"],
        ["stop", "kubelet.service"],
        ["enable", "kubelet.service"],
    ]


def test_failures_name_the_command_and_where_to_look() -> None:
    """Breaks the message when systemd refuses."""
    with pytest.raises(KubewrightError, match=r"systemctl stop kubelet\.service failed: words.*journalctl"):
        service.stop(_answer("", 1))


def test_no_systemd(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the message on hosts without systemd."""
    monkeypatch.setattr(service, "find_command", lambda _name: None)
    with pytest.raises(KubewrightError, match="needs systemd"):
        service.start(_answer(""))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ActiveState=activating\nSubState=auto-restart\nExecMainStatus=1\n", 1),
        ("ActiveState=failed\nSubState=failed\nExecMainStatus=255\n", 255),
        ("ActiveState=active\nSubState=running\nExecMainStatus=1\n", 0),
        ("ActiveState=activating\nSubState=auto-restart\nExecMainStatus=0\n", 0),
        ("ActiveState=failed\nExecMainStatus=x\n", 0),
        ("", 0),
    ],
)
def test_exit_code(text: str, code: int) -> None:
    """Breaks the wait for a kubelet: one that runs again would be told to have ended, or one that does not come up is waited for."""
    assert service.exit_code(_answer(text)) == code
    assert service.exit_code(_answer(text, 1)) == 0


def test_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the cause of a kubelet that ends: lines from before would be told."""
    asked: list[t.Sequence[str]] = []

    def run(argv: t.Sequence[str]) -> Result:
        asked.append(argv)
        return Result(len(asked) - 1, "a\nb\n", "")

    # Before systemd 254 --since and --lines give the first lines, where --reverse is not given.
    assert service.journal(run, 5, 12.5) == ["b", "a"]
    assert asked[0][1:8] == ["--unit", "kubelet", "--reverse", "--lines", "5", "--since", "@12.500"]
    assert service.journal(run, 5) == []
    assert "--since" not in asked[1]
    monkeypatch.setattr(service, "find_command", lambda _name: None)
    assert (service.journal(run, 5), service.exit_code(run), len(asked)) == ([], 0, 2)
