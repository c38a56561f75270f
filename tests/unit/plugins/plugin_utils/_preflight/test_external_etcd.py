# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An external etcd, asked over real sockets."""

from __future__ import annotations

import http.server
import pathlib
import threading
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.external_etcd import gather
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import external_etcd

MakeConfig = t.Callable[..., Config]


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> t.Iterator[t.Callable[[bytes], str]]:
    """A server that gives one answer; the environment's proxy is one that nobody reaches."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    servers = []

    def serve(answer: bytes) -> str:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200 if self.path == "/version" else 404)
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *arguments: t.Any) -> None:
                """Nothing."""

        servers.append(http.server.HTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return "http://127.0.0.1:%d/" % servers[-1].server_address[1]

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def _checks(config: Config, root: str = "") -> list[tuple[str, bool, str]]:
    asked = external_etcd.question(config)
    facts = {} if asked is None else gather(InspectedHost(lambda _argv: Result(0, "", ""), root), asked)
    return [(check.name, check.passed, check.found) for check in external_etcd.check(config, facts)]


@pytest.mark.parametrize(
    ("version", "answer", "passed"),
    [
        ("1.12.0", b'{"etcdserver": "3.2.18", "etcdcluster": "3.2.0"}', True),
        ("1.12.0", b'{"etcdserver": "3.2.17"}', False),
        ("1.31.0", b'{"etcdserver": "3.5.11"}', True),
        ("1.31.14", b'{"etcdserver": "3.5.23"}', False),
        ("1.35.0", b'{"etcdserver": "3.6.5"}', True),
        ("1.12.0", b'{"etcdserver": "unknown"}', False),
        ("1.12.0", b"{}", False),
        ("1.12.0", b"[]", False),
        ("1.12.0", b"nothing", False),
    ],
)
def test_version(
    make_config: MakeConfig, endpoint: t.Callable[[bytes], str], version: str, answer: bytes, passed: bool
) -> None:
    """K2, D7.3: breaks when an etcd that the minor does not take passes, or one that it takes fails."""
    config = make_config(version, etcd_external={"endpoints": [endpoint(answer)]})
    [(name, found_passed, _found)] = _checks(config)
    assert (name, found_passed) == ("ExternalEtcdVersion", passed)


def test_nobody_there(make_config: MakeConfig) -> None:
    """K2: breaks when an etcd that is not there passes, or is a traceback."""
    config = make_config("1.31.0", etcd_external={"endpoints": ["http://127.0.0.1:1", "https://nowhere.invalid:2379"]})
    checks = _checks(config)
    assert [(name, passed) for name, passed, _found in checks] == [("ExternalEtcdVersion", False)] * 2
    assert "Connection refused" in checks[0][2]


def test_files(make_config: MakeConfig, tmp_path: pathlib.Path) -> None:
    """K2: breaks when a client file that is missing, or not one, is found out only by a dead API server."""
    (tmp_path / "ca.crt").write_text("nonsense", encoding="utf-8")
    external = {"endpoints": ["https://127.0.0.1:1"], "caFile": "/ca.crt", "certFile": "/c.crt", "keyFile": "/c.key"}
    checks = _checks(make_config("1.31.0", etcd_external=external), str(tmp_path))
    assert [(name, passed) for name, passed, _found in checks] == [
        ("ExternalEtcdVersion", False),
        ("ExternalEtcdClientCertificates", True),
        ("ExternalEtcdClientCertificates", False),
        ("ExternalEtcdClientCertificates", False),
    ]
    assert "the client's files cannot be used" in checks[0][2]


def test_local_etcd(make_config: MakeConfig) -> None:
    """Breaks when an external etcd is looked for that is not configured."""
    config = make_config("1.31.0")
    assert external_etcd.question(config) is None
    assert _checks(config) == []
