# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The addresses of a host, here of this machine."""

from __future__ import annotations

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import addresses


@pytest.mark.parametrize(("address", "is_local"), [("127.0.0.1", True), ("203.0.113.9", False), ("2001:db8::9", False)])
def test_gather(address: str, is_local: bool) -> None:
    """Breaks when an address of another host, on which nothing here can listen, counts as this host's."""
    facts = addresses.gather(InspectedHost(lambda _argv: Result(0, "", "")), {"address": address})
    assert facts["is_local"] == is_local
    assert not {"127.0.0.1", "::1"} & set(facts["candidates"])
