# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The first sure sign that waiting longer cannot help."""

from __future__ import annotations

import os
import pathlib
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host import kubelet_service
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._running import crashes as subject
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import (
    Component,
    ControlPlane,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.crashes import (
    Crashes,
    ended_containers,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.containers import Ended

NAMES = ("etcd", "kube-apiserver", "kube-scheduler")
LOG = "/logs/0.log"
UNKNOWN = "2026-11-30T04:00:00Z stderr F Error: unknown flag: --x\n"
PASSING = "2026-11-30T04:00:00Z stderr F Error: context deadline exceeded\n"


class _Host(WatchedHost):
    """A host with a clock of its own. systemd, journal: what these say."""

    systemd, journal = "ActiveState=active\nSubState=running\nExecMainStatus=0\n", ""

    def __init__(self, root: pathlib.Path) -> None:
        super().__init__(self._answer, str(root))
        self.now = 1000.0
        self.asked: list[list[str]] = []

    def _answer(self, argv: t.Sequence[str]) -> Result:
        self.asked.append(list(argv))
        # It is asked for the last line first.
        return Result(0, self.systemd if argv[1] == "show" else "\n".join(self.journal.splitlines()[::-1]), "")

    def clock(self) -> float:
        """Its clock."""
        return self.now

    def monotonic(self) -> float:
        """Its clock."""
        return self.now


@pytest.fixture(name="host")
def fixture_host(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> _Host:
    """A host."""
    monkeypatch.setattr(kubelet_service, "find_command", lambda name: name)
    (tmp_path / "logs").mkdir()
    return _Host(tmp_path)


def _control_plane(**more: t.Any) -> ControlPlane:
    pods = {name: Component({}) for name in NAMES}
    return ControlPlane("/ca.crt", "n1", "/pods", "/ca.crt", 1.0, 1.0, [], pods, **more)


def _ended(name: str, created: float, code: int = 1, attempt: int = 0, reason: str = "Error", log: str = LOG) -> Ended:
    return Ended(name, attempt, created, created + 1, code, reason, "", log)


def _crashes(
    host: _Host,
    monkeypatch: pytest.MonkeyPatch,
    current: t.Sequence[Ended],
    since: t.Mapping[str, float],
    text: str = UNKNOWN,
    changed: t.Collection[str] = (),
) -> Crashes:
    """current: what has ended, at each look. since: when components were changed. text: what each has written."""
    pathlib.Path(host.path(LOG)).write_text(text, encoding="utf-8")
    monkeypatch.setattr(subject, "ended_containers", lambda _control_plane, _since: list(current))
    return Crashes(_control_plane(), host, since, changed=changed)


def _look(
    host: _Host,
    monkeypatch: pytest.MonkeyPatch,
    *ended: Ended,
    text: str = UNKNOWN,
    unhealthy: str = "kube-apiserver",
    changed: t.Collection[str] = ("kube-apiserver",),
) -> t.Any:
    return _crashes(host, monkeypatch, ended, {"kube-apiserver": 900.0}, text, changed).look(unhealthy)


def test_a_sure_cause(host: _Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the time until a mistake is told, or what shows it."""
    verdict = _look(host, monkeypatch, _ended("kube-apiserver", 950.0))
    assert verdict.component == "kube-apiserver"
    assert list(verdict.evidence) == [
        "exit code 1 at 1970-01-01T00:15:51Z",
        f"log: {LOG}",
        "Error: unknown flag: --x",
    ]


@pytest.mark.parametrize(
    "ended",
    [
        # Of a manifest before, or from before the wait.
        _ended("kube-apiserver", 899.0),
        _ended("kube-scheduler", 950.0),
        # In order.
        _ended("kube-apiserver", 950.0, 0),
    ],
)
def test_what_says_nothing_of_this_change(host: _Host, monkeypatch: pytest.MonkeyPatch, ended: Ended) -> None:
    """Breaks healthy runs: an end from before the change, or one in order, would be taken for its failure."""
    assert _look(host, monkeypatch, ended) is None


def test_what_the_others_need_comes_first(host: _Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the cause: an API server without etcd would be told in place of etcd."""
    verdict = _look(host, monkeypatch, _ended("kube-apiserver", 950.0), _ended("etcd", 1001.0))
    assert verdict.component == "etcd"


def test_all_that_was_changed_wrongly_is_told_at_once(host: _Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the run of who has made two mistakes: the second is told by the next run, or by chance the second alone."""
    current = [_ended("kube-scheduler", 950.0)]
    changed = ("kube-controller-manager", "kube-scheduler")
    crashes = _crashes(host, monkeypatch, current, dict.fromkeys(changed, 900.0), changed=changed)
    assert crashes.look("kube-controller-manager") is None
    current.append(_ended("kube-controller-manager", 951.0))
    verdict = crashes.look("kube-controller-manager")
    assert verdict is not None
    unknown = "does not know the flag --x in this version."
    assert [line for line in verdict.text().splitlines() if line.startswith("kube-")] == [
        f"kube-controller-manager {unknown}",
        f"kube-scheduler {unknown}",
    ]


def test_what_is_right_is_not_waited_for_long(host: _Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the way back: what was changed rightly beside a mistake, or only fails by it, keeps it waiting."""
    changed = ("kube-apiserver", "kube-scheduler")
    since = dict.fromkeys(changed, 900.0)
    crashes = _crashes(host, monkeypatch, [_ended("kube-scheduler", 950.0)], since, changed=changed)
    assert crashes.look("kube-scheduler") is None
    host.now += 3
    verdict = crashes.look("kube-scheduler")
    assert verdict is not None
    assert not verdict.beside
    ended = [_ended("kube-apiserver", 950.0)]
    assert _crashes(host, monkeypatch, ended, since, changed=changed).look("kube-apiserver")


def test_a_manifest_of_something_else(host: _Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks with a traceback where a pod of the user's own was changed too; or what is wrong waits for it."""
    changed = ("kube-apiserver", "keepalived")
    assert _look(host, monkeypatch, _ended("kube-apiserver", 950.0), changed=changed).component == "kube-apiserver"


@pytest.mark.parametrize(
    ("text", "sure_after", "cause"),
    [
        (PASSING, None, ""),
        ("2026-11-30T04:00:00Z stderr F I1130 serving\n", 3, "has ended 3 times"),
        ("2026-11-30T04:00:00Z stderr F Error: [x: invalid]\n", 3, "ends itself"),
        (UNKNOWN, 1, "does not know the flag --x in this version"),
    ],
)
def test_how_often_it_has_to_end(
    host: _Host, monkeypatch: pytest.MonkeyPatch, text: str, sure_after: int | None, cause: str
) -> None:
    """Breaks healthy starts: ends of long ago count, or what passes is believed; or waits to the end for what never comes."""
    current: list[Ended] = []
    crashes = _crashes(host, monkeypatch, current, {"kube-apiserver": 900.0}, text)
    for number in range(1, 5):
        # The kubelet keeps the last one alone. Nine were there before the change.
        current[:] = [_ended("kube-apiserver", 940.0 + number, attempt=8 + number)]
        verdicts = [crashes.look("kube-apiserver") for _again in range(3)]
        assert [verdict is not None for verdict in verdicts] == [sure_after is not None and number >= sure_after] * 3
        if number == sure_after:
            assert verdicts[0] is not None
            assert verdicts[0].cause == cause


def test_ends_from_before_do_not_count(host: _Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks what was put back with its own time: the containers of the manifest that was taken back would be held against it."""
    pathlib.Path(host.path(LOG)).write_text(UNKNOWN, encoding="utf-8")
    monkeypatch.setattr(subject, "ended_containers", lambda *_given: [_ended("kube-apiserver", 950.0)])
    assert Crashes(_control_plane(), host, {"kube-apiserver": 5.0}, 960.0).look("kube-apiserver") is None
    assert Crashes(_control_plane(), host, {"kube-apiserver": 5.0}, 940.0).look("kube-apiserver") is not None


def test_what_nobody_waits_for_may_have_been_broken_before(host: _Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks changes beside a component that ends again and again."""
    ended = _ended("kube-scheduler", 1001.0)
    assert _look(host, monkeypatch, ended) is None
    assert _look(host, monkeypatch, ended, unhealthy="kube-scheduler", changed=()).component == "kube-scheduler"


def test_memory_and_what_could_not_be_started(host: _Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks causes that are in no log."""
    killed = _look(host, monkeypatch, _ended("kube-apiserver", 950.0, 137, reason="OOMKilled"))
    assert (killed.cause, killed.evidence[0]) == (
        "was ended for want of memory",
        "exit code 137 (OOMKilled) at 1970-01-01T00:15:51Z",
    )
    words = 'failed to create task: exec: "kube-apiservr": executable file not found in $PATH: unknown'
    absent = _ended("kube-apiserver", 950.0, 128, reason="StartError", log="")._replace(message=words)
    assert _look(host, monkeypatch, absent).cause == 'cannot be started: the image has no program "kube-apiservr"'


def test_passwords_are_not_shown(host: _Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the secrecy of a proxy's password in a log."""
    text = '2026-11-30T04:00:00Z stderr F Error: invalid argument "https://bob:s3cret@h:99999/" for "--etcd-servers" flag: x\n'
    verdict = _look(host, monkeypatch, _ended("kube-apiserver", 950.0), text=text)
    assert "***@h:99999" in verdict.text()
    assert "s3cret" not in verdict.text()


def test_a_pod_of_an_earlier_manifest(host: _Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the run after one that was killed while it put files back: the kubelet starts the bad pod once more before it notices."""
    path = pathlib.Path(host.path("/etc/kubernetes/manifests/kube-apiserver.yaml"))
    path.parent.mkdir(parents=True)
    path.touch()
    host.now = path.stat().st_ctime + 10
    os.utime(path, (900.0, 900.0))
    ended = _ended("kube-apiserver", 950.0)
    assert _look(host, monkeypatch, ended._replace(pod_created=host.now - 60)) is None
    assert _look(host, monkeypatch, ended._replace(pod_created=host.now - 1)).fault == "UnknownFlag"
    # Where the runtime does not say when the pod was made, it counts.
    assert _look(host, monkeypatch, ended).fault == "UnknownFlag"


def test_a_pod_that_was_started_unnoticed(host: _Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the same where the kubelet hangs at an API server that is away: it starts the bad pod after the good manifest is back."""
    path = pathlib.Path(host.path("/etc/kubernetes/manifests/kube-apiserver.yaml"))
    path.parent.mkdir(parents=True)
    path.touch()
    changed = path.stat().st_ctime
    host.now = changed + 90
    os.utime(path, (900.0, 900.0))
    early, late = (
        _ended("kube-apiserver", changed + seconds)._replace(pod_created=changed + 5) for seconds in (8.0, 41.0)
    )
    assert _look(host, monkeypatch, early, changed=()) is None
    # A manifest that is bad itself is found by the next try of the kubelet's; and at once in the run that has written it.
    assert _look(host, monkeypatch, late, changed=()).fault == "UnknownFlag"
    assert _look(host, monkeypatch, early).fault == "UnknownFlag"


def test_the_kubelet(host: _Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the cause where the kubelet itself does not come up; or a kubelet that runs is told to have ended."""
    host.journal = 'E1130 1 run.go:72] "command failed" err="failed to parse kubelet flag: unknown flag: --x"\n'
    assert _look(host, monkeypatch, unhealthy="kubelet") is None
    host.systemd = "ActiveState=activating\nSubState=auto-restart\nExecMainStatus=1\n"
    assert _look(host, monkeypatch) is None
    verdict = _look(host, monkeypatch, unhealthy="kubelet")
    assert (verdict.component, verdict.cause) == ("kubelet", "does not know the flag --x in this version")
    assert host.asked[-1][6:8] == ["--since", "@1000.000"]


def test_it_looks_once_a_second(host: _Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the speed of a start: what starts has to share the processor with the one that looks."""
    looks: list[float] = []
    monkeypatch.setattr(subject, "ended_containers", lambda _control_plane, _since: looks.append(host.now) or [])
    crashes = Crashes(_control_plane(), host, {})
    for tenth in range(31):
        host.now = 1000.0 + tenth / 10
        crashes("kube-apiserver")
    assert looks == [1001.0, 1002.0, 1003.0]


@pytest.mark.parametrize("docker", [True, False])
def test_a_runtime_that_does_not_say(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, docker: bool) -> None:
    """Breaks the wait with a traceback where the runtime is away."""
    monkeypatch.setattr(subject, "SOCKET", str(tmp_path / "docker.sock"))
    described = _control_plane(cri_socket=f"unix://{tmp_path}/s.sock", docker=docker)
    assert ended_containers(described, 0.0) == []


@pytest.mark.parametrize(("code", "reason"), [(137, "Error"), (143, "Error"), (255, "Unknown")])
def test_words_of_one_that_was_killed(host: _Host, monkeypatch: pytest.MonkeyPatch, code: int, reason: str) -> None:
    """Breaks a run beside a restart of the host, or of a component by hand: what it said last is taken for why it has ended."""
    assert _look(host, monkeypatch, _ended("kube-apiserver", 950.0, code)._replace(reason=reason)) is None


def test_one_that_klog_has_ended(host: _Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the cause in minors that end so (klog.Fatal): its words are not read, and after three ends anything is believed."""
    ended = _ended("kube-apiserver", 1001.0, 255)
    assert _look(host, monkeypatch, ended).fault == "UnknownFlag"
    words = "F1130 1 x.go:1] Error creating leases: error creating storage factory: context deadline exceeded\n"
    assert _look(host, monkeypatch, ended, text=f"2026-11-30T04:00:00Z stderr F {words}") is None
    found = subject.judge_container(host, ended, 3)
    assert found is not None
    assert (found.passes, found.is_sure) == (True, False)


def test_silent_ends_beside_what_passes(host: _Host) -> None:
    """Breaks a wait for etcd: one that ends for it again and again, and does not say so at its very end, is believed to be bad."""
    log = pathlib.Path(host.path(LOG))
    log.write_text("2026-11-30T04:00:00Z stderr F W1130 1 clientconn.go:1] connection refused\n", encoding="utf-8")
    found = subject.judge_container(host, _ended("kube-apiserver", 1001.0), 3)
    assert found is not None
    assert (found.fault, found.is_sure) == ("EndsItself", False)


def test_words_of_an_earlier_start_of_the_kubelet(host: _Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks a run just after a mend: the journal has the words of the fault still, and the kubelet waits for its runtime."""
    host.systemd = "ActiveState=activating\nSubState=auto-restart\nExecMainStatus=1\n"
    mended = 'E1130 1 run.go:72] "command failed" err="failed to parse kubelet flag: unknown flag: --x"'
    passing = "E1130 1 log.go:32] connection refused"
    host.journal = f"{mended}\n{passing}\n"
    assert _look(host, monkeypatch, unhealthy="kubelet").fault == "UnknownFlag"
    host.journal = f"{mended}\nStarted kubelet.service - kubelet.\n{passing}\n"
    assert _look(host, monkeypatch, unhealthy="kubelet") is None
