# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host as a parameter: every path lies below its root, and commands are the caller's."""

from __future__ import annotations

import os
import pathlib
import stat
import string
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import kubelet_service
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host


def _host(root: pathlib.Path | str = "") -> Host:
    return Host(lambda argv: Result(127, "", argv[0]), str(root))


def test_all_of_it_lies_below_the_root(tmp_path: pathlib.Path) -> None:
    """Breaks what is rendered on the controller: one method that forgets the root reads or writes the controller's own files."""
    host, path = _host(tmp_path), tmp_path / "etc/kubewright-test/a.yaml"
    host.write("/etc/kubewright-test/a.yaml", b"text", 0o640, 0o750)
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"text", 0o640)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o750
    state = host.file("/etc/kubewright-test/a.yaml")
    assert state is not None
    assert (state.content, state.mode) == (b"text", 0o640)
    assert host.content("/etc/kubewright-test/a.yaml") == b"text"
    assert host.exists("/etc/kubewright-test/a.yaml")
    host.tighten("/etc/kubewright-test/a.yaml", 0o600)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert host.below("/etc") == ["kubewright-test/a.yaml"]
    host.remove("/etc/kubewright-test/a.yaml")
    host.remove("/etc/kubewright-test/a.yaml")
    assert not path.exists()
    host.ensure_directory("/etc/kubewright-test/b/c", 0o700)
    assert stat.S_IMODE((path.parent / "b/c").stat().st_mode) == 0o700
    assert not pathlib.Path("/etc/kubewright-test").exists()


def test_what_is_absent(tmp_path: pathlib.Path) -> None:
    """Breaks a blank host with a traceback."""
    host = _host(tmp_path)
    assert (host.file("/a"), host.content("/a"), host.exists("/a"), host.below("/a")) == (None, None, False, [])
    assert not host.remove_empty("/a")


def test_only_an_empty_folder_goes(tmp_path: pathlib.Path) -> None:
    """Breaks when keys that still wait go with the folder of one that has come."""
    host = _host(tmp_path)
    host.write("/a/b/key", b"", 0o600)
    assert not host.remove_empty("/a/b")
    host.remove("/a/b/key")
    assert host.remove_empty("/a/b")
    assert [path.name for path in tmp_path.rglob("*")] == ["a"]


def test_a_link_that_leads_nowhere_is_there(tmp_path: pathlib.Path) -> None:
    """Breaks what is written in place of a dangling link, which counts as absent otherwise."""
    (tmp_path / "link").symlink_to("nowhere")
    assert _host(tmp_path).exists("/link")


def test_a_folder_in_place_of_a_file_is_a_fault(tmp_path: pathlib.Path) -> None:
    """Breaks with a traceback where something else lies at a path."""
    (tmp_path / "folder").mkdir()
    for act in (_host(tmp_path).file, _host(tmp_path).content, _host(tmp_path).remove):
        with pytest.raises(KubewrightError, match="folder"):
            act("/folder")


@given(names=st.sets(st.text(string.ascii_lowercase, min_size=1, max_size=6), min_size=1, max_size=6))
def test_all_files_are_found_in_their_order(tmp_path_factory: pytest.TempPathFactory, names: set[str]) -> None:
    """Breaks when a key that waits is overlooked, or two hosts list the same files in another order."""
    root = tmp_path_factory.mktemp("root")
    paths = sorted(os.path.join(name[:1] + "_", name) for name in names)
    for path in paths:
        _host(root).write(f"/top/{path}", b"", 0o600)
    assert _host(root).below("/top") == paths


def test_the_kubelet_is_asked_by_the_callers_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks when commands run outside of the module, which then cannot be seen or bound to the C locale."""
    monkeypatch.setattr(kubelet_service, "find_command", lambda name: "/bin/" + name)
    seen: list[str] = []

    def run(argv: t.Sequence[str]) -> Result:
        seen.append(" ".join(argv))
        return Result(0, "LoadState=loaded\nActiveState=active\nUnitFileState=disabled\n", "")

    host = Host(run)
    assert host.kubelet_state() == (True, True)
    host.enable_kubelet()
    host.stop_kubelet()
    host.start_kubelet()
    assert [text for text in seen if " enable " in text]
    assert [text for text in seen if " stop " in text]
    assert [text for text in seen if " restart " in text]
    assert all(text.startswith("/bin/systemctl ") for text in seen)
