# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a component says of itself, asked over real HTTP."""

from __future__ import annotations

import http.server
import socket
import threading
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis import health as subject
from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.health import Health


@pytest.fixture(name="url")
def fixture_url() -> t.Iterator[str]:
    """A server that answers with the number in its path."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(int(self.path[1:]))
            self.end_headers()
            self.wfile.write(b"words")

        def log_message(self, format: str, *arguments: t.Any) -> None:
            """Nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_what_is_answered(url: str) -> None:
    """Breaks every judge: who is well, and what those say who are not."""
    assert subject.ask(f"{url}/200") == Health(200, "words")
    assert subject.ask(f"{url}/200").healthy
    assert subject.ask(f"{url}/500") == Health(500, "words")
    assert not subject.ask(f"{url}/500").healthy


def test_nobody_answers() -> None:
    """Breaks when a component that is away is a traceback."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    assert subject.ask(f"http://127.0.0.1:{port}/") == Health(0, "Connection refused")
    assert subject.ask("http://[::bad/").status == 0
