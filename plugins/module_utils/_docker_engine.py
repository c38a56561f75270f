# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The Docker engine, asked over its socket (Docker Engine API, GET /info)."""

from __future__ import annotations

import http.client
import json
import socket
import typing as t

SOCKET = "/var/run/docker.sock"
_LONGEST_ANSWER = 4 * 2**20


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def info(path: str, timeout: float) -> dict[str, t.Any]:
    """What the engine says of itself (C(ServerVersion), C(Driver), C(CgroupDriver) and more). timeout: seconds for each step.

    Raises OSError where the socket cannot be used or no Docker answers there.
    """
    connection = _UnixConnection(path, timeout)
    try:
        connection.request("GET", "/info")
        answer = json.loads(connection.getresponse().read(_LONGEST_ANSWER))
    except (http.client.HTTPException, ValueError) as error:
        raise OSError(0, f"no Docker engine answers ({type(error).__name__})") from None
    finally:
        connection.close()
    if not isinstance(answer, dict) or not {"ServerVersion", "Driver", "CgroupDriver"} <= set(answer):
        raise OSError(0, "no Docker engine answers")
    return answer


__all__ = ("SOCKET", "info")
