# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An external etcd that lets nobody in without a certificate, asked over real TLS."""

from __future__ import annotations

import http.server
import json
import pathlib
import ssl
import threading
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.external_etcd import gather

FILES = {
    "caFile": "/pki/etcd/ca.crt",
    "certFile": "/pki/apiserver-etcd-client.crt",
    "keyFile": "/pki/apiserver-etcd-client.key",
}


class _Handler(http.server.BaseHTTPRequestHandler):
    version: t.ClassVar[str] = "3.5.24"

    def do_GET(self) -> None:
        """As etcd answers."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"etcdserver": self.version, "etcdcluster": "3.5.0"}).encode("ascii"))

    def log_message(self, format: str, *arguments: t.Any) -> None:
        """Nothing."""


class _Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request: t.Any, client_address: t.Any) -> None:
        """Clients that are refused are no news."""


@pytest.fixture(scope="module")
def endpoint(sound: pathlib.Path) -> t.Iterator[str]:
    """The URL of an etcd with the certificates of a cluster of ours."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sound / "etcd/server.crt", sound / "etcd/server.key")
    context.load_verify_locations(sound / "etcd/ca.crt")
    context.verify_mode = ssl.CERT_REQUIRED
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"https://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def _ask(sound: pathlib.Path, files: dict[str, str], *endpoints: str) -> dict[str, t.Any]:
    # The files are those of the host, which lie below its root.
    host = InspectedHost(lambda _argv: Result(127, "", ""), str(sound.parent))
    return gather(host, {"endpoints": list(endpoints), "files": files})


def test_the_clients_own_certificate_is_shown(sound: pathlib.Path, endpoint: str) -> None:
    """Breaks the check of every etcd with TLS: it is asked as the API server will ask it."""
    found = _ask(sound, FILES, endpoint, endpoint + "/")
    assert found == {
        "files": dict.fromkeys(FILES.values(), True),
        "versions": {endpoint: ["3.5.24", ""], endpoint + "/": ["3.5.24", ""]},
    }


@pytest.mark.parametrize(
    "files",
    [
        {**FILES, "caFile": "/pki/ca.crt"},
        {**FILES, "certFile": "/pki/apiserver-kubelet-client.crt", "keyFile": "/pki/apiserver-kubelet-client.key"},
        {"caFile": FILES["caFile"]},
    ],
    ids=["another CA", "a client of another CA", "no client"],
)
def test_what_the_api_server_could_not_use(sound: pathlib.Path, endpoint: str, files: dict[str, str]) -> None:
    """Breaks when an etcd passes that the API server cannot reach, or one that is down is said to be another's."""
    [(version, reason)] = _ask(sound, files, endpoint)["versions"].values()
    assert version is None
    assert reason


@pytest.mark.parametrize(
    "files",
    [
        {**FILES, "keyFile": "/pki/etcd/server.key"},
        {**FILES, "caFile": "/pki/absent.crt"},
        {**FILES, "certFile": "/pki/sa.pub"},
    ],
    ids=["no pair", "absent", "no certificate"],
)
def test_files_that_cannot_be_used(sound: pathlib.Path, endpoint: str, files: dict[str, str]) -> None:
    """Breaks with a traceback of ssl, which says neither which file nor what is wrong with it."""
    found = _ask(sound, files, endpoint)
    assert found["versions"][endpoint][0] is None
    assert "the client's files cannot be used" in found["versions"][endpoint][1]
    assert found["files"] == {path: "absent" not in path for path in files.values()}


def test_each_endpoint_has_its_own_answer(sound: pathlib.Path, endpoint: str) -> None:
    """Breaks clusters of which one member is away: the others would not be told of."""
    away = "https://127.0.0.1:1"
    versions = _ask(sound, FILES, away, endpoint)["versions"]
    assert versions[endpoint] == ["3.5.24", ""]
    assert versions[away] == [None, "Connection refused"]


def test_a_version_that_cannot_be_shown(sound: pathlib.Path, endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the terminal: what answers there need not be etcd."""
    monkeypatch.setattr(_Handler, "version", "3\x1b[2J\nb\u202e")
    version, error = _ask(sound, FILES, endpoint)["versions"][endpoint]
    assert (version.isprintable(), "[2J" in version, error) == (True, True, "")
