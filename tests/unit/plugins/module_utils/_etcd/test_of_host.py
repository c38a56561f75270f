# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the etcd of a control plane's host is reached."""

from __future__ import annotations

import http.server
import json
import pathlib
import ssl
import threading
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.client import Server
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.membership import Member
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.of_host import (
    has_member,
    has_vote,
    own_ca,
    own_peers,
    server,
    unhealthy,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import phase_files

MEMBER = Member("1", "cp1", ("https://192.0.2.1:2380",), (), False)


@pytest.fixture(name="host")
def fixture_host(tmp_path: pathlib.Path, sound: pathlib.Path, make_config: t.Callable[..., Config]) -> Host:
    """A control plane with certificates."""
    host = Host(lambda _argv: Result(0, "", ""), str(tmp_path))
    for phase in ("etcd", "control_plane"):
        for file in phase_files(phase, make_config("1.31.0")):
            host.write(file.path, file.content.encode(), 0o600)
    for path in sorted(sound.rglob("*")):
        if path.is_file():
            host.write(f"/etc/kubernetes/pki/{path.relative_to(sound)}", path.read_bytes(), 0o600)
    return host


def test_it_is_reached_as_the_api_server_reaches_it(host: Host, tmp_path: pathlib.Path) -> None:
    """Breaks joins on control planes with other folders or ports than the usual ones."""
    assert has_member(host)
    assert own_peers(host) == ["https://192.0.2.10:2380"]
    member = {"peers": own_peers(host), "name": "cp1", "is_learner": False}
    assert has_vote(host, [member])
    assert not has_vote(host, [dict(member, is_learner=True)])
    assert not has_vote(host, [dict(member, name="")])
    assert not has_vote(host, [])
    assert server(host).url == "https://127.0.0.1:2379"
    manifest = tmp_path / "etc/kubernetes/manifests/kube-apiserver.yaml"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace("https://127.0.0.1:2379", "https://127.0.0.1:12379"), encoding="utf-8")
    assert server(host).url == "https://127.0.0.1:12379"


@pytest.mark.parametrize(
    ("path", "content", "words"),
    [
        ("/etc/kubernetes/pki/etcd/ca.crt", "x", "cannot be used: holds no certificate"),
        ("/etc/kubernetes/pki/apiserver-etcd-client.key", "x", "cannot be used: the client's certificate and key"),
        ("/etc/kubernetes/manifests/kube-apiserver.yaml", "kind: Pod", "cannot be read"),
        ("/etc/kubernetes/manifests/kube-apiserver.yaml", None, "ask another control plane"),
    ],
)
def test_what_is_wrong(host: Host, path: str, content: str | None, words: str) -> None:
    """Breaks with a traceback on a damaged control plane."""
    if content is None:
        host.remove(path)
        host.remove("/etc/kubernetes/manifests/etcd.yaml")
    else:
        host.write(path, content.encode(), 0o600)
    with pytest.raises(KubewrightError, match=words):
        server(host)


def test_a_host_of_an_external_etcd_asks_its_own_member(host: Host) -> None:
    """Breaks the hosts of an external etcd: there is no API server whose manifest says how etcd is reached."""
    host.remove("/etc/kubernetes/manifests/kube-apiserver.yaml")
    assert server(host).url == "https://127.0.0.1:2379"
    assert own_ca(host) == "/etc/kubernetes/pki/etcd/ca.crt"
    manifest = (host.content("/etc/kubernetes/manifests/etcd.yaml") or b"").decode()
    flag = next(line for line in manifest.splitlines() if "--listen-client-urls" in line)
    everywhere = manifest.replace(flag, "    - --listen-client-urls=https://0.0.0.0:2379")
    host.write("/etc/kubernetes/manifests/etcd.yaml", everywhere.encode(), 0o600)
    # No certificate has the address that stands for all.
    assert server(host).url == "https://127.0.0.1:2379"
    host.remove("/etc/kubernetes/pki/etcd/healthcheck-client.crt")
    with pytest.raises(KubewrightError, match=r"by which /etc/kubernetes/manifests/etcd\.yaml reaches etcd"):
        server(host)
    host.write("/etc/kubernetes/manifests/etcd.yaml", b"kind: List", 0o600)
    with pytest.raises(KubewrightError, match=r"etcd\.yaml cannot be read"):
        server(host)
    assert own_ca(host) == ""


class _Health(http.server.BaseHTTPRequestHandler):
    """What a member says of itself."""

    answer: t.ClassVar[dict[str, str]] = {}

    def do_GET(self) -> None:
        """Says it."""
        body = json.dumps(self.answer).encode()
        self.send_response(200 if self.answer.get("health") == "true" else 503)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: t.Any) -> None:
        """Nothing."""


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"health": "true"}, ""),
        ({"health": "false", "reason": "RAFT NO LEADER"}, "RAFT NO LEADER"),
        ({"health": "false"}, "it says that it is not healthy"),
    ],
)
def test_the_health_of_a_member(monkeypatch: pytest.MonkeyPatch, answer: dict[str, str], why: str) -> None:
    """Breaks the guard of the quorum."""
    monkeypatch.setattr(_Health, "answer", answer)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Health) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{serving.server_address[1]}"
        asked = Server("http://127.0.0.1:9", ssl.create_default_context())
        assert unhealthy(asked, MEMBER._replace(clients=(url,))) == why
        assert unhealthy(asked, MEMBER._replace(clients=("http://127.0.0.1:9",))) == "Connection refused"
        assert unhealthy(asked, MEMBER) == "it has never started"
        serving.shutdown()
