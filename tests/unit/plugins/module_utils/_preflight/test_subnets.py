# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Routes and name servers."""

from __future__ import annotations

import pathlib

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import subnets


def test_gather(tmp_path: pathlib.Path) -> None:
    """Breaks when name servers are not read, or a host without IPv6 or resolv.conf is a traceback."""
    host = InspectedHost(lambda _argv: Result(0, "", ""), str(tmp_path))
    assert subnets.gather(host, {}) == {"routes": [], "nameservers": []}
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/resolv.conf").write_text("# x\nnameserver 192.0.2.53\nsearch a.example\nnameserver\n", "utf-8")
    assert subnets.gather(host, {})["nameservers"] == ["192.0.2.53"]
