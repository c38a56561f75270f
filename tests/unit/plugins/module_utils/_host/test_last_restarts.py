# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long the API server was away the last time."""

from __future__ import annotations

import json
import pathlib
import stat
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.last_restarts import (
    PATH,
    load,
    measured,
    save,
)


def _host(tmp_path: pathlib.Path) -> Host:
    return Host(lambda _argv: Result(127, "", ""), str(tmp_path))


def test_what_was_measured_comes_back(tmp_path: pathlib.Path) -> None:
    """Breaks the plan: of one component nothing is known any more once another one was restarted; or others can write there."""
    host, path = _host(tmp_path), tmp_path / PATH[1:]
    assert load(host) == {}
    save(host, {"kube-apiserver": 18.2, "etcd": 20.0})
    save(host, {"kube-apiserver": 9.5})
    assert load(host) == {"kube-apiserver": 9.5, "etcd": 20.0}
    assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)) == (0o600, 0o700)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"[" * 100000, b'{"etcd": "x"}'])
def test_what_is_damaged_is_as_if_nobody_had_measured(tmp_path: pathlib.Path, content: bytes) -> None:
    """Breaks every run on a host whose file is damaged, for a number that is only told."""
    path = tmp_path / PATH[1:]
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    assert load(_host(tmp_path)) == {}
    save(_host(tmp_path), {"etcd": 1.0})
    assert load(_host(tmp_path)) == {"etcd": 1.0}


@pytest.mark.parametrize(
    ("plain", "said"),
    [
        ({"etcd": 3, "kubelet": 0.0, "kube-scheduler": 1.0}, {"etcd": 3.0, "kubelet": 0.0}),
        ({"etcd": True, "kubelet": -1, "kube-apiserver": 1e9}, {}),
        (json.loads('{"etcd": NaN, "kubelet": Infinity}'), {}),
        (None, {}),
        ([1], {}),
    ],
)
def test_a_host_may_answer_anything(plain: t.Any, said: dict[str, float]) -> None:
    """Breaks the plan of every host by what one of them answers, or a program by a number that JSON does not have."""
    assert measured(plain) == said
