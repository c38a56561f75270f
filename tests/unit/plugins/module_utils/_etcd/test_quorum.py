# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guard of the quorum."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd import quorum as subject
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.client import Server
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.membership import Member
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import phase_files

OWN = Member("1", "cp1", ("https://192.0.2.10:2380",), ("https://192.0.2.10:2379",), False)
OTHER = Member("2", "cp2", ("https://192.0.2.11:2380",), ("https://192.0.2.11:2379",), False)


@pytest.fixture(name="host")
def fixture_host(tmp_path: pathlib.Path, make_config: t.Callable[..., Config]) -> Host:
    """A control plane whose address is 192.0.2.10."""
    host = Host(lambda _argv: Result(0, "", ""), str(tmp_path))
    for file in phase_files("etcd", make_config("1.31.0")):
        host.write(file.path, file.content.encode(), 0o600)
    return host


@pytest.mark.parametrize(
    ("found", "away", "refused"),
    [
        ([OWN], [], False),
        ([OWN, OTHER], [], False),
        ([OWN, OTHER], [OTHER], True),
        # One that has no vote, this one itself, and an etcd that is not of this host.
        ([OWN, OTHER._replace(is_learner=True)], [OTHER._replace(is_learner=True)], False),
        ([OWN, OTHER], [OWN], False),
        ([OTHER], [OTHER], False),
    ],
)
def test_when_it_may_be_stopped(
    host: Host, monkeypatch: pytest.MonkeyPatch, found: list[Member], away: list[Member], refused: bool
) -> None:
    """Breaks the cluster: a change of one host takes the quorum away; or no change is possible any more."""
    monkeypatch.setattr(subject, "server", lambda _host: Server("https://127.0.0.1:2379", None))  # type: ignore[arg-type]
    monkeypatch.setattr(subject, "members", lambda _call: (found, ""))

    def why(_server: Server, member: Member) -> str:
        return "No route to host" if member in away else ""

    if refused:
        with pytest.raises(
            KubewrightError, match=r"cp2 \(https://192.0.2.11:2380\): No route to host.*lose its quorum"
        ):
            subject.refuse_to_stop(host, why)
    else:
        subject.refuse_to_stop(host, why)


def test_one_that_does_not_answer(host: Host) -> None:
    """Breaks the cure of an etcd that is broken: its manifest could never be put right."""
    subject.refuse_to_stop(host)
    host.write("/etc/kubernetes/manifests/etcd.yaml", b"a: [", 0o600)
    subject.refuse_to_stop(host)
    host.remove("/etc/kubernetes/manifests/etcd.yaml")
    subject.refuse_to_stop(host)


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ([{"health": "true"}], ""),
        # Another leader is chosen meanwhile.
        ([{"health": "false", "reason": "RAFT NO LEADER"}, {"health": "true"}], ""),
        ([{"health": "false", "reason": "RAFT NO LEADER"}] * 20, "RAFT NO LEADER"),
        ([OSError()], ""),
    ],
)
def test_a_lost_quorum(host: Host, monkeypatch: pytest.MonkeyPatch, answers: list[t.Any], found: str) -> None:
    """Breaks the run on a cluster without a quorum: it is not told; or one that is choosing its leader is refused."""
    monkeypatch.setattr(subject, "server", lambda _host: Server("https://127.0.0.1:2379", None))  # type: ignore[arg-type]
    clock, left = [0.0], iter(answers)

    def sleep(seconds: float) -> None:
        clock[0] += seconds

    def ask(_server: Server) -> t.Any:
        answer = next(left)
        if isinstance(answer, OSError):
            raise answer
        return answer

    assert subject.lost(host, sleep, lambda: clock[0], ask) == found
    host.remove("/etc/kubernetes/manifests/etcd.yaml")
    assert subject.lost(host, sleep, lambda: clock[0], ask) == ""
