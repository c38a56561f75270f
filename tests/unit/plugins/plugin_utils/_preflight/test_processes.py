# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the holder of a socket is named, and what ends it."""

from __future__ import annotations

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.processes import cure_of, described


@pytest.mark.parametrize(
    ("name", "pid", "unit", "text", "cure"),
    [
        ("nginx", 7, "nginx.service", "nginx (pid 7, nginx.service)", "systemctl stop nginx.service"),
        ("kube-apiserver", 8, "", "kube-apiserver (pid 8)", "kill 8"),
        ("comm-name", 9, "", "comm-name (pid 9)", "kill 9"),
        (
            "containerd",
            10,
            "containerd.service",
            "containerd (pid 10, containerd.service)",
            "systemctl stop containerd.service",
        ),
    ],
)
def test_owners(name: str, pid: int, unit: str, text: str, cure: str) -> None:
    """Breaks the name, the unit or the cure of the process that holds a port."""
    owner = {"name": name, "pid": pid, "unit": unit}
    assert (described(owner), cure_of(owner)) == (text, cure)


def test_what_is_no_process_to_end() -> None:
    """Breaks when the cure is to kill systemd, or a proxy that Docker starts again."""
    assert "list-sockets" in cure_of({"name": "systemd", "pid": 1, "unit": ""})
    assert cure_of({"name": "docker-proxy", "pid": 9, "unit": ""}).startswith("docker ps")
