# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why a component is not healthy."""

from __future__ import annotations

import os
import pathlib

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._running import last_words


def _log(folder: pathlib.Path, pod: str, name: str, lines: list[str], age: int) -> None:
    path = folder / ("kube-system_%s-cp1_uid%d" % (pod, age)) / pod / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join("2026-01-01T00:00:00Z stderr F %s\n" % line for line in lines), encoding="utf-8")
    os.utime(path, (1000000 - age, 1000000 - age))


def test_the_last_lines_of_the_newest_log(tmp_path: pathlib.Path) -> None:
    """Breaks the diagnosis: the words of an old container, or with the runtime's prefix."""
    _log(tmp_path, "etcd", "0.log", ["old"], 100)
    _log(tmp_path, "etcd", "1.log", ["line %d of it" % number for number in range(9)], 1)
    found = last_words.last_log_lines(WatchedHost(lambda _argv: Result(127, "", "")), "etcd", str(tmp_path))
    assert found == ["line %d of it" % number for number in range(4, 9)]
    assert (
        last_words.last_log_lines(WatchedHost(lambda _argv: Result(127, "", "")), "kube-scheduler", str(tmp_path)) == []
    )


def test_last_words(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the message of a failed wait: etcd, on which the API server rests, is left out, or a password shown."""
    _log(tmp_path, "etcd", "0.log", ["via http://user:secret@proxy:3128"], 1)
    monkeypatch.setattr(WatchedHost, "command", lambda _host, name: "/bin/" + name)
    text = last_words.last_words(
        ["kube-apiserver", "kubelet"], WatchedHost(lambda _argv: Result(0, "kubelet says no\n", "")), str(tmp_path)
    )
    assert "kube-apiserver has no log" in text
    assert "  kubelet says no" in text
    assert "proxy:3128" in text
    assert "secret" not in text
