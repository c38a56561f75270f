# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The Docker engine, asked over its socket (Docker Engine API)."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import typing as t
import urllib.parse

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.exchange import (
    Answer,
    ending,
    exchange,
    json_object,
)

SOCKET = "/var/run/docker.sock"
_LONGEST_ANSWER = 4 * 2**20
_LONGEST_LINE = 2**20


class EngineError(Exception):
    """The engine says why it does not do what it was asked for."""


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _no_engine(error: Exception) -> OSError:
    return OSError(0, f"no Docker engine answers ({type(error).__name__})")


def info(path: str, timeout: float) -> dict[str, t.Any]:
    """What the engine says of itself (C(ServerVersion), C(Driver), C(CgroupDriver) and more). timeout: seconds for all of it.

    Raises OSError where the socket cannot be used or no Docker answers there.
    """
    with contextlib.closing(_UnixConnection(path, timeout)) as connection:
        try:
            answer = json_object(exchange(connection, "GET", "/info", timeout, most=_LONGEST_ANSWER).body)
        except (http.client.HTTPException, ValueError) as error:
            raise _no_engine(error) from None
    if not {"ServerVersion", "Driver", "CgroupDriver"} <= set(answer):
        raise OSError(0, "no Docker engine answers")
    return answer


def _said(text: bytes, status: int) -> str:
    """The engine's own words for an error."""
    try:
        return str(json_object(text)["message"])
    except (ValueError, KeyError):
        return f"HTTP status {status}"


def _asked(path: str, method: str, target: str, timeout: float, statuses: t.Container[int]) -> Answer:
    """Raises OSError, and EngineError for another status than those that are expected."""
    with contextlib.closing(_UnixConnection(path, timeout)) as connection:
        try:
            answer = exchange(connection, method, target, timeout, most=_LONGEST_ANSWER)
        except http.client.HTTPException as error:
            raise _no_engine(error) from None
    if answer.status not in statuses:
        raise EngineError(_said(answer.body, answer.status))
    return answer


def _answered(path: str, target: str, timeout: float) -> t.Any:
    answer = _asked(path, "GET", target, timeout, (200,))
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise _no_engine(error) from None


def containers(path: str, labels: t.Sequence[str], states: t.Sequence[str], timeout: float) -> list[dict[str, t.Any]]:
    """The containers that have all of the labels (C(key=value)) and are in one of the states, as the engine tells of them.

    timeout: seconds for all of it. Raises OSError or EngineError.
    """
    query = urllib.parse.urlencode({"all": "1", "filters": json.dumps({"label": labels, "status": states})})
    found = _answered(path, f"/containers/json?{query}", timeout)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def state(path: str, container: str, timeout: float) -> dict[str, t.Any]:
    """The state of a container (C(ExitCode), C(OOMKilled), C(Error), C(FinishedAt)). Raises OSError or EngineError."""
    found = _answered(path, "/containers/{}/json".format(urllib.parse.quote(container, safe="")), timeout)
    told = found.get("State") if isinstance(found, dict) else None
    return told if isinstance(told, dict) else {}


def remove(path: str, container: str, timeout: float) -> None:
    """Ends a container and removes it with its own volumes; one that is gone is no error. Raises OSError or EngineError."""
    target = "/containers/{}?force=1&v=1".format(urllib.parse.quote(container, safe=""))
    _asked(path, "DELETE", target, timeout, (204, 404))


def has_image(path: str, image: str, timeout: float) -> bool:
    """Whether the engine has an image. timeout: seconds for all of it. Raises OSError or EngineError."""
    target = "/images/{}/json".format(urllib.parse.quote(image, safe="/:@"))
    return _asked(path, "GET", target, timeout, (200, 404)).status == 200


def _order(path: str, target: str, headers: t.Mapping[str, str], body: t.Any, timeout: float) -> None:
    """Makes the engine do what takes long and is told line by line. timeout: seconds for all of it.

    Raises OSError or EngineError.
    """
    # An engine that says a little now and then never keeps a single read waiting.
    with contextlib.closing(_UnixConnection(path, timeout)) as connection:
        try:
            with ending(connection, timeout):
                _followed(connection, target, headers, body)
        except http.client.HTTPException as error:
            raise _no_engine(error) from None


def _followed(connection: _UnixConnection, target: str, headers: t.Mapping[str, str], body: t.Any) -> None:
    # An engine that refuses in the middle of what is sent closes the connection for it, after its words.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        connection.request("POST", target, body=body, headers=dict(headers))
    response = connection.getresponse()
    if response.status != 200:
        raise EngineError(_said(response.read(_LONGEST_ANSWER), response.status))
    while True:
        line = response.readline(_LONGEST_LINE)
        if not line:
            return
        try:
            error = json_object(line).get("error")
        except ValueError:
            continue
        if error:
            raise EngineError(str(error))


def pull_image(path: str, name: str, tag: str, registry_header: str, timeout: float) -> None:
    """Makes the engine pull an image. tag: a tag or a digest. timeout: seconds for all of it. Raises OSError or EngineError."""
    headers = {"X-Registry-Auth": registry_header} if registry_header else {}
    query = urllib.parse.urlencode({"fromImage": name, "tag": tag})
    _order(path, f"/images/create?{query}", headers, None, timeout)


def load_archive(path: str, archive: str, timeout: float) -> None:
    """Makes the engine take the images of an archive. timeout: seconds for all of it. Raises OSError or EngineError."""
    with open(archive, "rb") as stream:
        size = str(os.fstat(stream.fileno()).st_size)
        headers = {"Content-Type": "application/x-tar", "Content-Length": size}
        _order(path, "/images/load?quiet=1", headers, stream, timeout)


__all__ = ("SOCKET", "EngineError", "containers", "has_image", "info", "load_archive", "pull_image", "remove", "state")
