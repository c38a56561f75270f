# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""One GET request over a Unix socket."""

from __future__ import annotations

import http.client
import json
import socket
import typing as t

_LONGEST_ANSWER = 4 * 2**20


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def get_json(path: str, url: str, timeout: float = 5) -> t.Any:
    """The JSON that a server on a socket answers. timeout: seconds for each step.

    Raises OSError where nobody answers (also for a status other than 200), ValueError for an answer that is not JSON.
    """
    connection = _Connection(path, timeout)
    try:
        connection.request("GET", url)
        response = connection.getresponse()
        body = response.read(_LONGEST_ANSWER)
        if response.status != http.client.OK:
            raise OSError("HTTP status %d" % response.status)
        return json.loads(body.decode("utf-8", "replace"))
    except http.client.HTTPException as error:
        raise OSError(f"no HTTP answer: {error!r}") from error
    finally:
        connection.close()


__all__ = ("get_json",)
