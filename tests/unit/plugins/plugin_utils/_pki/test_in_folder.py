# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A folder that stands for a host's root: read, written, and nothing beside it touched."""

from __future__ import annotations

import datetime
import pathlib
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki import changes
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.folder import profile_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.in_folder import (
    apply_in_folder,
    folder_facts,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.rounds import Stale
from credentials_made import apply, plan

MakeConfig = t.Callable[..., Config]


def test_all_of_it_lies_below_the_folder(
    make_config: MakeConfig, tmp_path: pathlib.Path, now: datetime.datetime
) -> None:
    """Breaks render: the controller's own /etc/kubernetes would be read or written."""
    config = make_config("1.31.0", encryption_algorithm="ECDSA-P256", certificates_dir="/kubewright-test/pki")
    root = str(tmp_path)
    assert not folder_facts(config, root, now).exists("/kubewright-test/pki/ca.crt")
    apply(config, plan(config, now, root=root), now, root)
    facts = folder_facts(config, root, now)
    assert facts.exists("/kubewright-test/pki/ca.crt")
    assert facts.now == now
    assert (tmp_path / "etc/kubernetes/admin.conf").exists()
    assert not pathlib.Path("/kubewright-test").exists()
    assert plan(config, now, root=root).steps == []


def test_what_is_no_longer_as_it_was_read(
    make_config: MakeConfig, tmp_path: pathlib.Path, now: datetime.datetime
) -> None:
    """Breaks two renders of one folder at the same time."""
    config = make_config("1.31.0", encryption_algorithm="ECDSA-P256")
    (tmp_path / "a.key").write_text("x", encoding="ascii")
    change = changes.TightenFile("/a.key", 0o600)
    with pytest.raises(Stale, match=r"^/a\.key$"):
        apply_in_folder(str(tmp_path), now)([change], {"/a.key": None}, profile_of(config))


def test_a_file_that_cannot_be_written_is_a_fault(
    make_config: MakeConfig, tmp_path: pathlib.Path, now: datetime.datetime
) -> None:
    """Breaks with a traceback where a file lies in place of a folder."""
    config = make_config("1.31.0", encryption_algorithm="ECDSA-P256")
    (tmp_path / "etc").write_text("x", encoding="ascii")
    with pytest.raises(KubewrightError):
        apply(config, plan(config, now, root=str(tmp_path)), now, str(tmp_path))
