# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the endpoint is reached, over real sockets."""

from __future__ import annotations

import socket

from inspected_folder import host_in

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import endpoint


def test_outcomes() -> None:
    """Breaks the check of a load balancer: what answers, what refuses and what has no address are three things."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        question = {"host": "127.0.0.1", "port": listener.getsockname()[1]}
        assert endpoint.gather(host_in(), question) == {"outcome": "open"}
    assert endpoint.gather(host_in(), question) == {"outcome": "refused"}
    assert endpoint.gather(host_in(), {"host": "cp.invalid", "port": 6443}) == {"outcome": "the name does not resolve"}
