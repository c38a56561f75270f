# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One question to a server of etcd."""

from __future__ import annotations

import http.server
import json
import ssl
import threading
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.client import Server, call


class _Gateway(http.server.BaseHTTPRequestHandler):
    """Knows one path, and answers with what it was asked."""

    known: t.ClassVar[str] = ""

    def do_POST(self) -> None:
        """Answers."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        # Before 3.4 a path that is unknown is no matter of the gateway's.
        body = json.dumps({"asked": asked}).encode() if self.path == self.known else b"404 page not found"
        self.send_response(200 if self.path == self.known else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: t.Any) -> None:
        """Nothing."""


@pytest.mark.parametrize(
    ("known", "answer"),
    [
        ("/v3/cluster/member/list", {"asked": {"a": 1}}),
        ("/v3beta/cluster/member/list", {"asked": {"a": 1}}),
        ("/v3alpha/cluster/member/list", {"asked": {"a": 1}}),
        ("/elsewhere", {}),
    ],
)
def test_each_age_of_the_gateway(monkeypatch: pytest.MonkeyPatch, known: str, answer: dict[str, t.Any]) -> None:
    """Breaks the etcd of 1.12 to 1.16, whose gateway has another path."""
    monkeypatch.setattr(_Gateway, "known", known)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Gateway) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        asked = Server(f"http://127.0.0.1:{server.server_address[1]}", ssl.create_default_context())
        assert call(asked, "/cluster/member/list", {"a": 1}) == answer
        server.shutdown()


def test_one_that_is_away() -> None:
    """Breaks with another error than those that are caught."""
    with pytest.raises(OSError, match="refused"):
        call(Server("http://127.0.0.1:9", ssl.create_default_context()), "/cluster/member/list", {})
