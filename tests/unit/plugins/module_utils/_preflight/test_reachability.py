# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a host reaches the cluster that it joins, over real sockets."""

from __future__ import annotations

import socket

from inspected_folder import host_in

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import reachability


def test_outcomes() -> None:
    """Breaks joins behind a firewall: they wait for minutes, and nobody says for what."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        targets = {"a": ["127.0.0.1", port], "b": ["cp.invalid", 2380]}
        outcomes = reachability.gather(host_in(), {"targets": targets})["outcomes"]
    assert outcomes == {"a": "open", "b": "the name does not resolve"}
    assert reachability.gather(host_in(), {"targets": {"a": targets["a"]}})["outcomes"] == {"a": "refused"}
