# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A folder of rendered files: brought to its state, and never at the price of what was not rendered."""

from __future__ import annotations

import base64
import datetime
import pathlib
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.input import read_input
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._render import folder as folders
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._render.tree import Secrets, TreeFile, tree
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.resolve import bootstrap_tokens

MakeConfig = t.Callable[..., Config]


NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)


TOKEN = "abcdef.0123456789abcdef"


def test_a_folder_is_brought_to_the_wanted_state(tmp_path: pathlib.Path) -> None:
    """Breaks when a file of an earlier time stays, one that is made in place goes, or nothing is seen as a change."""
    host = tmp_path / "cp1"
    wanted = [TreeFile("files/a/b.yaml", "x", 0o600), TreeFile("files.json", "[]", 0o644)]
    folders.check_folder(str(host))
    folders.write(str(host), folders.compare(str(host), wanted, []))
    assert (host / "files/a/b.yaml").stat().st_mode & 0o777 == 0o600
    assert folders.compare(str(host), wanted, []) == []
    (host / "objects").mkdir()
    (host / "objects/001-old.yaml").write_text("x")
    (host / "files/pki").mkdir()
    (host / "files/pki/ca.key").write_text("x")
    changes = folders.compare(str(host), wanted, ["files/pki/ca.key"])
    assert [change.path for change in changes] == ["objects/001-old.yaml"]
    folders.write(str(host), changes)
    assert not (host / "objects").exists()
    assert (host / "files/pki/ca.key").exists()
    (host / "files/a/b.yaml").chmod(0o644)
    assert [change.path for change in folders.compare(str(host), wanted, ["files/pki/ca.key"])] == ["files/a/b.yaml"]


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_folder_with_something_else_is_left_alone(tmp_path: pathlib.Path, kind: str) -> None:
    """Breaks when a mistyped path costs a user's files."""
    host = tmp_path / "cp1"
    if kind == "file":
        host.write_text("x")
    else:
        host.mkdir()
        (host / "mine.txt").write_text("x")
    with pytest.raises(KubewrightError, match="was not rendered"):
        folders.check_folder(str(host))


def test_the_diff_shows_no_secret() -> None:
    """Breaks when --diff prints a token."""
    change = folders.FileDifference(
        "objects/1.yaml", "old-secret", TreeFile("objects/1.yaml", "new-secret", 0o600, True), True
    )
    assert "secret" not in str(folders.diff([change])[0]["before"]) + folders.diff([change])[0]["after"]


def test_the_diff_shows_no_secret_that_goes(make_config: MakeConfig, tmp_path: pathlib.Path) -> None:
    """Breaks when --diff prints the tokens of a folder that is rendered again without secrets."""
    folder, config = str(tmp_path), make_config("1.31.0")
    tokens = bootstrap_tokens(read_input({"kubewright_bootstrap_tokens": [{"token": TOKEN}]}))
    folders.write(folder, folders.compare(folder, tree(config, tokens, Secrets(b"CA", []), NOW), []))
    changes = folders.compare(folder, tree(config, tokens, None, NOW), [])
    shown = folders.diff(changes)
    assert {item["before_header"] for item in shown} >= {"config.yaml"}
    assert "0123456789abcdef" not in str(shown)
    assert base64.b64encode(b"0123456789abcdef").decode() not in str(shown)
    assert "a text that is not shown" in str(shown)


def test_what_goes_is_in_the_diff(make_config: MakeConfig, tmp_path: pathlib.Path) -> None:
    """Breaks when files vanish without a word."""
    (tmp_path / "objects").mkdir()
    (tmp_path / "objects/099-Old.yaml").write_text("kind: Old\n")
    shown = folders.diff(folders.compare(str(tmp_path), tree(make_config("1.31.0"), [], None, NOW), []))
    assert {"before": "kind: Old\n", "after": ""}.items() <= shown[-1].items()
    assert shown[-1]["after_header"] == "objects/099-Old.yaml (removed)"


def test_keys_are_never_removed(tmp_path: pathlib.Path) -> None:
    """Breaks when a folder that is rendered again without secrets loses the keys of a CA."""
    key = tmp_path / "files/etc/kubernetes/pki/ca.key"
    key.parent.mkdir(parents=True)
    key.write_text("x")
    with pytest.raises(KubewrightError, match=r"holds files/etc/kubernetes/pki/ca\.key of an earlier run"):
        folders.check_secrets(str(tmp_path), [])
    folders.check_secrets(str(tmp_path), ["files/etc/kubernetes/pki/ca.key"])


def test_a_folder_is_known_again_after_a_run_that_was_cut_off(tmp_path: pathlib.Path) -> None:
    """Breaks the next run, which would take the keys that are there already for somebody else's."""
    folder = tmp_path / "cp1"
    folders.mark(str(folder))
    (folder / "files").mkdir()
    folders.check_folder(str(folder))
    (folder / "files.json").unlink()
    with pytest.raises(KubewrightError, match="not rendered"):
        folders.check_folder(str(folder))
