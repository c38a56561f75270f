# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was there while all was well, in one file."""

from __future__ import annotations

import pathlib
import stat

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.last_healthy import (
    PATH,
    KeptFile,
    LastHealthy,
    forget,
    load,
    save,
)

KEPT = LastHealthy(
    ("kubelet", "kube-apiserver"),
    {"/b.yaml": KeptFile(b"\xff\x00\n", 0o600, 12.5), "/a.key": KeptFile(None, 0, 0.0)},
    1000.5,
    "0a",
)


def _host(tmp_path: pathlib.Path) -> Host:
    (tmp_path / "etc/kubernetes").mkdir(parents=True, exist_ok=True)
    return Host(lambda _argv: Result(127, "", ""), str(tmp_path))


def test_what_is_kept_comes_back(tmp_path: pathlib.Path) -> None:
    """Breaks the way back: another content, mode, time or order; or somebody else could read a key."""
    host = _host(tmp_path)
    assert load(host) is None
    save(host, KEPT)
    found = load(host)
    assert found == KEPT
    assert list(found.files) == ["/b.yaml", "/a.key"]
    assert stat.S_IMODE((tmp_path / PATH[1:]).stat().st_mode) == 0o600
    # What another run has kept meanwhile stays.
    another = KEPT._replace(files={**KEPT.files, "/c": KeptFile(b"c", 0o644, 1.0)})
    save(host, another)
    forget(host, KEPT)
    assert load(host) == another._replace(files={"/c": KeptFile(b"c", 0o644, 1.0)})
    forget(host, another)
    forget(host, another)
    assert load(host) is None


@pytest.mark.parametrize(
    ("now", "cluster", "ca", "holds"),
    [
        (1000.5, "0a", "/ca.crt", True),
        (1000.5 + 86400, "0a", "/ca.crt", True),
        (1000.5 + 86401, "0a", "/ca.crt", False),
        (1000.0, "0a", "/ca.crt", False),
        (1001.0, "0b", "/ca.crt", False),
        (1001.0, "0b", "/a.key", True),
    ],
)
def test_what_is_of_long_ago_or_of_another_cluster(now: float, cluster: str, ca: str, holds: bool) -> None:
    """Breaks a host that was reset, or that somebody else has changed since: the files of another cluster would be put back."""
    assert KEPT.holds(now, cluster, ca) is holds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"healthy": 1, "files": {}}',
        '{"healthy": [], "files": []}',
        '{"healthy": [], "files": {"/a": 1}}',
        '{"healthy": [], "files": {"/a": {"content": "!", "mode": 1, "modified": 1}}}',
        '{"healthy": [], "files": {"/a": {"content": 7, "mode": 1, "modified": 1}}}',
        '{"healthy": [], "files": {"/a": {"content": null, "mode": "x", "modified": 1}}}',
        '{"healthy": [], "files": {}, "cluster": "0a"}',
        '{"healthy": [], "files": {}, "since": "x", "cluster": "0a"}',
    ],
)
def test_a_damaged_file_is_explained(tmp_path: pathlib.Path, text: str) -> None:
    """Breaks with a traceback, or something is put back that never was there."""
    host = _host(tmp_path)
    (tmp_path / PATH[1:]).write_text(text, encoding="utf-8")
    with pytest.raises(KubewrightError, match=r"last-healthy\.json is damaged.*Remove it and run again"):
        load(host)
