# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""shared_certs on a host in a folder."""

from __future__ import annotations

import pathlib
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.shared_certs import digests


def test_it_writes_once(run_module: t.Callable[..., t.Any], tmp_path: pathlib.Path) -> None:
    """Breaks the join, --check, or the second run."""
    files = {"ca.crt": "x", "ca.key": "a secret"}
    compared = {"digests": digests(files), "folder": str(tmp_path / "pki")}
    asked = run_module("shared_certs", compared).result
    assert (asked["absent"], asked["written"]) == (["ca.crt", "ca.key"], [])
    given = dict(compared, files=files)
    checked = run_module("shared_certs", given, check=True).result
    assert (checked["changed"], checked["written"]) == (True, ["ca.crt", "ca.key"])
    assert not (tmp_path / "pki").exists()
    assert run_module("shared_certs", given).result["written"] == ["ca.crt", "ca.key"]
    assert not run_module("shared_certs", given).result["changed"]
    assert (tmp_path / "pki/ca.key").read_text(encoding="utf-8") == "a secret"


def test_what_is_renewed_is_replaced(run_module: t.Callable[..., t.Any], tmp_path: pathlib.Path) -> None:
    """Breaks the API server when the certificate by which it asks an external etcd was renewed; or a CA is exchanged unasked."""
    given = {"folder": str(tmp_path), "replaced": ["client.crt"]}
    for text in ("old", "new"):
        files = {"client.crt": text}
        run = run_module("shared_certs", {**given, "digests": digests(files), "files": files})
        assert run.result["written"] == ["client.crt"]
        assert (tmp_path / "client.crt").read_text(encoding="utf-8") == text
    (tmp_path / "ca.crt").write_text("own", encoding="utf-8")
    files = {"ca.crt": "theirs"}
    run = run_module("shared_certs", {**given, "digests": digests(files), "files": files})
    assert run.code == 1
    assert "is another one than that of the cluster" in run.result["msg"]


def test_others_that_are_as_good(run_module: t.Callable[..., t.Any], tmp_path: pathlib.Path) -> None:
    """Breaks the second run of a control plane that asks etcd: its certificate is that of another host of etcd, and is replaced."""
    (tmp_path / "client.crt").write_text("second", encoding="utf-8")
    first, second = digests({"client.crt": "first"}), digests({"client.crt": "second"})
    given = {"folder": str(tmp_path), "replaced": ["client.crt"], "digests": first}
    assert run_module("shared_certs", given).result["absent"] == ["client.crt"]
    assert run_module("shared_certs", {**given, "or_digests": [second]}).result["absent"] == []
