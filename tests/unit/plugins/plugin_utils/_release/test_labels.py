# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Version labels without a network."""

from __future__ import annotations

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.labels import (
    LAST_PATCHES,
    known_labels,
    resolved_version,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.release import FIRST_MINOR, LAST_MINOR
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.version import is_version


def test_every_minor_has_a_label() -> None:
    """Breaks when a minor is added and its label is forgotten."""
    assert list(LAST_PATCHES) == list(range(FIRST_MINOR, LAST_MINOR + 1))
    assert all(is_version(version) for version in known_labels().values())
    assert known_labels()["stable"] == known_labels()["stable-1"] == known_labels()["stable-1.%d" % LAST_MINOR]


@pytest.mark.parametrize(
    ("text", "labels", "version"),
    [
        ("v1.20.2", {"v1.20.2": "v1.1.1"}, "v1.20.2"),
        ("1.20.2", {}, "1.20.2"),
        ("stable-1.20", {}, "v1.20.15"),
        ("stable-1.20", {"stable-1.20": "v1.20.2"}, "v1.20.2"),
        ("release/stable-1.20", {"release/stable-1.20": "v1.20.3"}, "v1.20.3"),
    ],
)
def test_resolved(text: str, labels: dict[str, str], version: str) -> None:
    """Breaks when a version is taken for a label, or the user's map does not win."""
    assert resolved_version(text, labels) == version


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("latest", "without asking the internet"),
        ("latest-1.20", "without asking the internet"),
        ("ci/latest-1.20", "without asking the internet"),
        ("stable-1.38", "without asking the internet"),
        ("stable-2", "without asking the internet"),
        ("stable-1.020", "neither"),
        ("stable-1.20x", "neither"),
        ("1.20", "neither"),
        ("", "neither"),
    ],
)
def test_not_resolved(text: str, reason: str) -> None:
    """Breaks when a label of kubeadm's is called a typing error, or a typing error is taken for a label."""
    with pytest.raises(KubewrightError, match=reason):
        resolved_version(text, {})
