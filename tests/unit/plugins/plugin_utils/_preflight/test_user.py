# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IsPrivilegedUser."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import user

MakeConfig = t.Callable[..., Config]


@pytest.mark.parametrize(("uid", "passed"), [(0, True), (1, False), (1000, False)])
def test_root_alone(make_config: MakeConfig, uid: int, passed: bool) -> None:
    """K2: breaks the one message that matters without become, or runs that have it."""
    [found] = user.check(make_config("1.31.0"), {"uid": uid})
    assert (found.name, found.severity, found.passed) == ("IsPrivilegedUser", "error", passed)
    assert (found.found, "become: true" in found.cure) == (f"user id {uid}", True)
