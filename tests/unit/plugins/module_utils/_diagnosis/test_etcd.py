# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""etcd's members and alarms."""

from __future__ import annotations

import http.server
import json
import threading
import typing as t

import pytest
from diagnosed_node import Node

from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis import etcd as subject
from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.etcd import Member

AWAY = Member("h2", "https://192.0.2.2:2379", "No route to host", None)
HERE = Member("h1", "https://192.0.2.1:2379", "", False)
WELL = HERE._replace(is_healthy=True)


@pytest.mark.parametrize(
    ("members", "cause"),
    [
        ([], None),
        ([WELL], None),
        ([WELL, WELL, AWAY], None),
        # Who is well has a quorum: the others are only kept from answering this host.
        ([WELL, AWAY], None),
        ([WELL, AWAY, AWAY], None),
        (
            [HERE, AWAY],
            "has no quorum: 1 of 2 members answers; h2 (https://192.0.2.2:2379) does not",
        ),
        (
            [HERE, AWAY, AWAY, HERE],
            "has no quorum: 2 of 4 members answer; h2 (https://192.0.2.2:2379) does not; h2 (https://192.0.2.2:2379) does not",
        ),
    ],
)
def test_a_quorum(members: list[Member], cause: str | None) -> None:
    """Breaks the word that saves hours: how many members answer, and which do not."""
    found = subject.without_quorum(members)
    assert (found.cause if found is not None else None) == cause
    if found is not None:
        assert "Bring back one of them" in found.cure
        assert found.evidence[0] == "h2 (https://192.0.2.2:2379): No route to host"


def test_alarms() -> None:
    """Breaks the diagnosis of an etcd that answers and takes no writes."""
    answer = {"alarms": [{"memberID": "7", "alarm": "NOSPACE"}, {"alarm": "CORRUPT"}, {"alarm": "NONE"}]}
    assert [verdict.fault for verdict in subject.alarms(answer)] == ["EtcdQuotaExceeded", "EtcdCorrupt"]
    assert list(subject.alarms({})) == []


def test_one_that_is_away_is_not_asked(node: Node) -> None:
    """Breaks when what is judged by its own log is judged by its silence too; or an external one is not judged at all."""
    del node.started["etcd"]
    assert list(subject.judge_etcd(node.situation("etcd"))) == []
    (node.root / "etc/kubernetes/manifests/etcd.yaml").unlink()
    # The discard port of a host that is this one: nobody listens.
    node.edit("kube-apiserver", "https://127.0.0.1:2379", "https://127.0.0.1:9")
    (verdict,) = subject.judge_etcd(node.situation("kube-apiserver"))
    assert verdict.fault == "ExternalEtcdAway"
    assert "Connection refused" in verdict.evidence[0]


def test_without_a_client_certificate(node: Node) -> None:
    """Breaks on a host whose certificates are what is wrong: a traceback."""
    node.put("/etc/kubernetes/pki/apiserver-etcd-client.crt", "broken")
    assert list(subject.judge_etcd(node.situation())) == []


def test_a_member_that_has_just_been_added() -> None:
    """Breaks a run beside a host that joins: its member has no name yet, and starts soon."""
    added = Member("a member that has not started", "https://192.0.2.3:2380", "it has never started", None)
    (one, other) = (subject.without_quorum([HERE, member]) for member in (added, AWAY))
    assert one is not None
    assert other is not None
    assert (one.is_sure, other.is_sure) == (False, True)


def test_one_that_does_not_say_how_it_is() -> None:
    """Breaks a slow host: the wait ends for want of a quorum that is there."""
    found = subject.without_quorum([HERE._replace(is_healthy=None), AWAY])
    assert found is not None
    assert not found.is_sure


class _Etcd(http.server.BaseHTTPRequestHandler):
    """A member whose answers are given by path."""

    answers: t.ClassVar[dict[str, t.Any]] = {}
    is_old: t.ClassVar[bool] = False

    def _answer(self) -> None:
        asked = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.is_old and b"linearizable" in asked:
            # Of 3.4, in which that field is unknown.
            self.path = "/refused"
        body = json.dumps(self.answers.get(self.path.partition("?")[0], {"code": 14, "error": "no leader"})).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = _answer

    def log_message(self, format: str, *arguments: t.Any) -> None:
        """Nothing."""


@pytest.mark.parametrize("is_old", [True, False])
@pytest.mark.parametrize(
    ("alarms", "health", "learner", "faults"),
    [
        # Whoever tells of alarms has a quorum, whatever the others say.
        ({"header": {}}, "false", False, []),
        ({"header": {}, "alarms": [{"alarm": "NOSPACE"}]}, "false", False, [("EtcdQuotaExceeded", True)]),
        (None, "false", False, [("EtcdNoQuorum", True)]),
        (None, "true", False, []),
        # It has no vote.
        (None, "false", True, []),
    ],
)
def test_what_members_say(
    node: Node,
    monkeypatch: pytest.MonkeyPatch,
    alarms: t.Any,
    health: str,
    learner: bool,
    faults: list[tuple[str, bool]],
    is_old: bool,
) -> None:
    """Breaks a control plane whose members are behind a firewall: a good change is taken back for want of a quorum."""
    monkeypatch.setattr(_Etcd, "is_old", is_old)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Etcd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        here = f"http://127.0.0.1:{server.server_address[1]}"
        away = {"name": "h2", "clientURLs": ["http://127.0.0.1:9"], "isLearner": learner}
        _Etcd.answers = {
            "/v3/cluster/member/list": {"header": {}, "members": [{"name": "h1", "clientURLs": [here]}, away]},
            "/health": {"health": health},
            **({"/v3/maintenance/alarm": alarms} if alarms is not None else {}),
        }
        node.edit("kube-apiserver", "https://127.0.0.1:2379", here)
        found = list(subject.judge_etcd(node.situation("kube-apiserver")))
        server.shutdown()
    assert [(verdict.fault, verdict.is_sure) for verdict in found] == faults


def test_an_api_server_that_asks_elsewhere(node: Node) -> None:
    """Breaks the diagnosis of another port in etcd-servers: both components are well, each for itself."""
    node.edit("kube-apiserver", "https://127.0.0.1:2379", "https://127.0.0.1:9")
    (verdict,) = subject.judge_etcd(node.situation("kube-apiserver"))
    assert (verdict.component, verdict.fault, verdict.is_sure) == ("kube-apiserver", "EtcdServersWrong", True)
    assert "https://127.0.0.1:9: refused" in verdict.evidence
    assert "https://127.0.0.1:2379" in verdict.cure
    # Then etcd itself is what is wrong.
    assert list(subject.judge_etcd(node.situation("kube-apiserver", "etcd"))) == []
