# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who runs this."""

from __future__ import annotations

import os

import pytest
from inspected_folder import host_in

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import user


def test_the_effective_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks IsPrivilegedUser under sudo, where the effective user counts."""
    assert user.gather(host_in(), {}) == {"uid": os.geteuid()}
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert user.gather(host_in(), {}) == {"uid": 1000}
