# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The nearest known name."""

from __future__ import annotations

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.nearest import did_you_mean


@pytest.mark.parametrize(
    ("name", "text"),
    [("pod_subnt", " Did you mean pod_subnet?"), ("pod_subnets", " Did you mean pod_subnet?"), ("zzz", "")],
)
def test_did_you_mean(name: str, text: str) -> None:
    """Breaks the hint for a typing mistake, or gives one where nothing is near."""
    assert did_you_mean(name, ["pod_subnet", "service_subnet", "bind_port"]) == text
