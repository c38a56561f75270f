# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""shared_certs_info on a host in a folder."""

from __future__ import annotations

import pathlib
import typing as t

FILES = ("ca.crt", "ca.key", "front-proxy-ca.crt", "front-proxy-ca.key", "sa.key", "sa.pub")


def test_it_reads(run_module: t.Callable[..., t.Any], tmp_path: pathlib.Path) -> None:
    """Breaks the join; or the cause where the host has not what is asked for."""
    for name in FILES:
        (tmp_path / name).write_text(name, encoding="utf-8")
    given = {"folder": str(tmp_path), "etcd": False}
    assert run_module("shared_certs_info", given).result["files"] == {name: name for name in FILES}
    assert run_module("shared_certs_info", given, check=True).result["files"] == {}
    run = run_module("shared_certs_info", dict(given, etcd=True))
    assert run.code == 1
    assert run.result["msg"].startswith(f"join: {tmp_path} has no etcd/ca.crt")


def test_it_reads_what_is_named(run_module: t.Callable[..., t.Any], tmp_path: pathlib.Path) -> None:
    """Breaks external etcds: their hosts have nothing of a control plane, and are to give no more than what is asked for."""
    for name in ("one", "two"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    given = {"folder": str(tmp_path), "names": ["one", "three"]}
    assert run_module("shared_certs_info", given).result["files"] == {"one": "one"}
    assert run_module("shared_certs_info", given, check=True).result["files"] == {}
