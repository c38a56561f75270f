# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Version texts."""

from __future__ import annotations

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.version import parse_version


@pytest.mark.parametrize(
    ("text", "numbers", "normal"),
    [
        ("v1.20.2", (1, 20, 2), "v1.20.2"),
        ("1.20.2", (1, 20, 2), "v1.20.2"),
        (" v1.37.0\n", (1, 37, 0), "v1.37.0"),
        ("v1.12.0-rc.1", (1, 12, 0), "v1.12.0-rc.1"),
        ("v1.31.4+k3s1", (1, 31, 4), "v1.31.4+k3s1"),
    ],
)
def test_a_version_is_read(text: str, numbers: tuple[int, int, int], normal: str) -> None:
    """Breaks when a form that Kubernetes publishes is refused or loses its suffix (image tags carry it)."""
    version = parse_version(text)
    assert (version.major, version.minor, version.patch) == numbers
    assert version.text == normal


@pytest.mark.parametrize(
    "text", ["", "1.20", "v1.20.x", "stable", "latest-1.20", "1.20.2 beta", "v1.20.2\n-x", "v1.2.3.4"]
)
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    """Breaks when a text that is no version passes, or the message does not show the right form."""
    with pytest.raises(KubewrightError, match=r"like v1\.20\.2"):
        parse_version(text)


def test_minor_text_is_as_in_object_names() -> None:
    """Breaks the names kubelet-config-1.X of old minors."""
    assert parse_version("v1.12.10").minor_text == "1.12"
