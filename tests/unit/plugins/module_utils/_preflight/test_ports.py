# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which ports are taken, and by whom, with real sockets."""

from __future__ import annotations

import os
import pathlib
import socket
import typing as t

from inspected_folder import host_in

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import ports


def _ask(*numbers: int) -> dict[str, t.Any]:
    return {"ports": [{"number": number, "address": ""} for number in numbers]}


def test_who_holds_a_port() -> None:
    """Breaks the message of a taken port, which names the process, or the check where nothing is taken."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        # Twice, as with a socket that a child has got.
        copied = os.dup(listener.fileno())
        try:
            [holder] = ports.gather(host_in(), _ask(port))["taken"][str(port)]
        finally:
            os.close(copied)
    assert holder["pid"] == os.getpid()
    assert holder["name"]
    assert set(holder) == {"name", "pid", "unit", "is_roots"}
    assert ports.gather(host_in(), _ask(port)) == {"taken": {}}


def test_a_port_of_another_address() -> None:
    """Breaks etcd's ports, which are to be free at its own address alone."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert ports.gather(host_in(), {"ports": [{"number": port, "address": "127.0.0.2"}]}) == {"taken": {}}


def test_a_holder_that_cannot_be_seen(tmp_path: pathlib.Path) -> None:
    """Breaks with a traceback, or lets the port pass, where another namespace holds it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert ports.gather(host_in(tmp_path), _ask(port)) == {"taken": {str(port): []}}
