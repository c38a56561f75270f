# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The values of kernel parameters."""

from __future__ import annotations

import pathlib

from inspected_folder import host_in, host_with

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import kernel_parameters


def test_the_kernels_own_words(tmp_path: pathlib.Path) -> None:
    """Breaks FileContent-*: a parameter that is off counts as on, or one that is not there as off."""
    path = "/proc/sys/net/ipv4/ip_forward"
    with open(path, encoding="ascii") as stream:
        here = stream.read()
    assert kernel_parameters.gather(host_in(), {"paths": [path]}) == {"contents": {path: here}}
    host = host_with(tmp_path, **{path: "1\n"})
    found = kernel_parameters.gather(host, {"paths": [path, "/proc/sys/net/bridge/x"]})
    assert found == {"contents": {path: "1\n", "/proc/sys/net/bridge/x": None}}
