# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server of health endpoints, with and without TLS, for the tests of those who ask one."""

from __future__ import annotations

import contextlib
import datetime
import http.server
import ipaddress
import pathlib
import ssl
import threading
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import SERVER, Certificate
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import Endpoint


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Answers with the code that the path names."""
        self.send_response(int(self.path[1:]))
        self.end_headers()

    def log_message(self, format: str, *arguments: t.Any) -> None:
        """Nothing."""


class Server(t.NamedTuple):
    """ports: by scheme. ca: the file of the CA that has signed what the server shows."""

    ports: dict[str, int]
    ca: str

    def endpoint(self, name: str, scheme: str, code: int = 200) -> Endpoint:
        """An endpoint that answers with a code."""
        return Endpoint(name, f"{scheme}://127.0.0.1:{self.ports[scheme]}/{code}", True)


@contextlib.contextmanager
def serving(folder: pathlib.Path, now: datetime.datetime) -> t.Iterator[Server]:
    """A server with and one without TLS. folder: where its CA (ca.crt) and its certificate with its key (pair.pem) lie."""
    profile = _x509.Profile("ECDSA-P256", 3600, 7200, 300, "ca", True, True, True)
    ca_key, key = (_x509.generate_key("ECDSA-P256") for _index in range(2))
    ca = _x509.Pair(_x509.issue_ca("kubernetes", profile, now, ca_key), ca_key)
    wanted = Certificate("x", "ca", "server", (), (SERVER,), (), (str(ipaddress.ip_address("127.0.0.1")),))
    certificate = _x509.issue(wanted, ca, profile, now, key.public_key())
    (folder / "ca.crt").write_bytes(_x509.certificate_pem(ca.certificate))
    (folder / "pair.pem").write_bytes(_x509.certificate_pem(certificate) + _x509.key_pem(key))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "pair.pem")
    with contextlib.ExitStack() as stack:
        ports = {}
        for scheme in ("http", "https"):
            listening = stack.enter_context(http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler))
            if scheme == "https":
                listening.socket = context.wrap_socket(listening.socket, server_side=True)
            stack.callback(listening.shutdown)
            threading.Thread(target=listening.serve_forever, daemon=True).start()
            ports[scheme] = listening.server_address[1]
        yield Server({**ports, "tls": ports["https"]}, str(folder / "ca.crt"))


__all__ = ("Server", "serving")
