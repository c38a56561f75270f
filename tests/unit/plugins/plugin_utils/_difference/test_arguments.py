# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Flags of a command by their own names."""

from __future__ import annotations

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._difference.arguments import (
    environment,
    flags,
    is_flag,
)


def test_flags_of_a_command() -> None:
    """Breaks the plan of a manifest: a flag has another name, loses one of its values, or the program is lost."""
    command = ["etcd", "--v=2", "--sni=a,b", "--sni=c=d", "--experimental", 4]
    assert flags(command, "command") == {
        "command": ["etcd", 4],
        "--v": "2",
        "--sni": ["a,b", "c=d"],
        "--experimental": "",
    }
    assert [item for item in [*command, "-", "--", "-----BEGIN X-----", None] if is_flag(item)] == command[1:5]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('KUBELET_KUBEADM_ARGS="--node-ip=192.0.2.1 --v=2"\n', {"--node-ip": "192.0.2.1", "--v": "2"}),
        ("KUBELET_KUBEADM_ARGS=--node-ip=192.0.2.1\n", {"--node-ip": "192.0.2.1"}),
        ('# a\n\nA="b c"\n;d\nE=\n', {"A": "b c"}),
        ("no assignment\n", None),
        ('A="not closed\n', None),
        ("", {}),
        ('KUBELET_KUBEADM_ARGS=""\n', {}),
    ],
)
def test_environment_files(text: str, said: dict[str, str] | None) -> None:
    """Breaks the plan of the kubelet's flags: they are one long line; or a text that is none ends with a traceback."""
    assert environment(text) == said
