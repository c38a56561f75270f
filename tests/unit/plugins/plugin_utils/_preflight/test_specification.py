# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What SystemVerification wants in each minor."""

from __future__ import annotations

import re
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.specification import (
    NAME,
    WAIVER,
    specification,
    verification,
)


@pytest.mark.parametrize("minor", range(12, 38))
def test_every_minor_has_one(make_config: t.Callable[..., Config], minor: int) -> None:
    """Breaks every check of a minor with a traceback, or looks for nothing."""
    found = specification(make_config(f"1.{minor}.0"))
    assert found.kernel_config_paths
    # A kernel of its time, which is one of those that it was verified with.
    kernel = "4.19.0-26-amd64" if minor < 33 else "6.12.74"
    assert any(re.match(pattern, kernel) for pattern in found.kernel_releases)


def test_its_outcomes_have_one_name() -> None:
    """Breaks waivers: all parts of the check are named as kubeadm names them."""
    outcome = verification("error", False, "found", "wanted", "cure")
    assert (outcome.name, outcome.severity, outcome.passed) == (NAME, "error", False)
    assert NAME in WAIVER
