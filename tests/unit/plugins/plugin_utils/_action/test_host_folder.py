# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts whose names would lead out of a folder."""

from __future__ import annotations

import os
import pathlib

import hypothesis
import pytest
from hypothesis import strategies

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.host_folder import host_folder


@pytest.mark.parametrize("name", ["cp1", "cp1.example.com", "192.0.2.1", "2001:db8::1", "a b", "größe", "-n", "..."])
def test_names_of_hosts(tmp_path: pathlib.Path, name: str) -> None:
    """Breaks render.yml and signing by others for hosts with usual names."""
    assert host_folder("v", str(tmp_path), {"inventory_hostname": name}) == f"{tmp_path}/{name}"


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "a/b", "../a", "/etc", "a/../b", "a\nb", "a\x1b[31m", "~root", "a\u202eb", "a" * 256, "a\0b"],
)
def test_names_that_lead_elsewhere(tmp_path: pathlib.Path, name: str) -> None:
    """Breaks the controller: files are written wherever the inventory says. The message is one line that can be shown."""
    with pytest.raises(
        KubewrightError, match=r"inventory_hostname: found .* allowed with kubewright_csr_dir: .*Rename"
    ) as caught:
        host_folder("kubewright_csr_dir", str(tmp_path), {"inventory_hostname": name})
    assert str(caught.value).isprintable()


@hypothesis.given(
    strategies.text(strategies.characters(codec=None), max_size=12) | strategies.text("./~a\n", max_size=6)
)
def test_every_name(name: str) -> None:
    """Breaks when any name leads out of the folder."""
    try:
        folder = host_folder("v", "/srv/x", {"inventory_hostname": name})
    except KubewrightError:
        return
    assert os.path.dirname(os.path.normpath(folder)) == "/srv/x"
