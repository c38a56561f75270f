# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names that resolve, and names that do not."""

from __future__ import annotations

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import hostname


@pytest.mark.parametrize(("name", "resolves"), [("localhost", True), ("nowhere.invalid", False)])
def test_gather(name: str, resolves: bool) -> None:
    """Breaks when names are not looked up, or one that does not resolve is a traceback."""
    host = InspectedHost(lambda _argv: Result(0, "", ""))
    assert bool(hostname.gather(host, {"name": name})["addresses"]) == resolves
