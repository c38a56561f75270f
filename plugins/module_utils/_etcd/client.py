# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""One question to one server of etcd, over HTTP: the gRPC gateway that each has beside gRPC, at the same address."""

from __future__ import annotations

import contextlib
import http.client
import json
import ssl
import typing as t
import urllib.parse

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.exchange import (
    Answer,
    exchange,
    json_object,
)

# For a whole answer, in seconds; and its most bytes.
ANSWER, LARGEST = 5.0, 2**20
# The gateway's paths: of etcd 3.4 and later, 3.3, and 3.2.
_APIS = ("/v3", "/v3beta", "/v3alpha")
_NOT_FOUND = 404
# An alarm is no want of a quorum, and its cure may be a change. Servers before 3.4 leave the question out.
_HEALTH = "/health?exclude=NOSPACE&exclude=CORRUPT"
# What a question may raise.
NO_ANSWER = (OSError, http.client.HTTPException, ValueError)


class Server(t.NamedTuple):
    """url: of its clients. context: for https, with the certificate of a client."""

    url: str
    context: ssl.SSLContext


def _request(server: Server, method: str, path: str, body: t.Mapping[str, t.Any] | None, seconds: float) -> Answer:
    parts = urllib.parse.urlsplit(server.url)
    host, port = parts.hostname or "", parts.port
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(host, port, timeout=seconds, context=server.context)
    else:
        connection = http.client.HTTPConnection(host, port, timeout=seconds)
    data = None if body is None else json.dumps(body).encode("utf-8")
    with contextlib.closing(connection):
        return exchange(connection, method, path, seconds, data, most=LARGEST)


def health(server: Server) -> dict[str, t.Any]:
    """What a server says of itself: C(health) is C(true) or C(false), as text before 3.6 or not. Raises C(NO_ANSWER)."""
    return json_object(_request(server, "GET", _HEALTH, None, ANSWER).body)


def call(server: Server, path: str, body: t.Mapping[str, t.Any], seconds: float = ANSWER) -> dict[str, t.Any]:
    """A call of etcd's API, by its path below C(/v3). Empty where the server knows no such call. Raises C(NO_ANSWER).

    What was done has a C(header). What was refused has none, and says why in C(message), before 3.6 in C(error) too.
    """
    for api in _APIS:
        answer = _request(server, "POST", api + path, body, seconds)
        if answer.status != _NOT_FOUND:
            return json_object(answer.body)
    return {}


__all__ = ("ANSWER", "NO_ANSWER", "Server", "call", "health")
