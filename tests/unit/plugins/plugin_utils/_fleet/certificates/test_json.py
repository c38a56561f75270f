# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The document for programs."""

from __future__ import annotations

import json
import os
import pathlib
import stat

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.certificates.json import (
    document,
    write_json,
)
from certificates_fleet import CA, CREATED, RENEWED, SSH_MESSAGE, WRONG, fleet, outcome, report


def test_the_shape() -> None:
    """Breaks every program that reads the report: names, types and meanings are a contract of version 1."""
    assert document(report(cp1=outcome(WRONG, cluster="prod"))) == {
        "version": 1,
        "collection": {"name": "kubewright.control_plane", "version": "0.1.0"},
        "created": CREATED,
        "failing": True,
        "summary": {
            "hosts": {"total": 1, "passed": 0, "failed": 1, "unreachable": 0, "invalid": 0},
            "certificates": {
                "total": 1,
                "ok": 0,
                "due": 0,
                "expired": 0,
                "wrong": 1,
                "missing": 0,
                "unreadable": 0,
            },
        },
        "hosts": [
            {
                "name": "cp1",
                "cluster": "prod",
                "kubernetes_version": "v1.31.0",
                "status": "failed",
                "message": "",
                "certificates": [
                    {
                        "path": "/etc/kubernetes/pki/apiserver.crt",
                        "kind": "leaf",
                        "certificate_path": "/etc/kubernetes/pki/apiserver.crt",
                        "subject": "CN=kube-apiserver",
                        "sans": ["cp1", "kubernetes", "kubernetes.default", "10.96.0.1"],
                        "issuer": "CN=kubernetes",
                        "not_before": "2026-01-31T11:55:00Z",
                        "not_after": "2027-01-31T12:00:00Z",
                        "days_left": 365.0,
                        "key_algorithm": "RSA-2048",
                        "has_key": True,
                        "server": None,
                        "status": "wrong",
                        "reason": "SAN 192.0.2.20 missing; SAN cp.example missing",
                    }
                ],
                "renewal": None,
            }
        ],
    }


def test_hosts_without_certificates() -> None:
    """Breaks when a host of which nothing is known has no reason, or is left out."""
    hosts = document(fleet())["hosts"]
    assert (hosts[2]["status"], hosts[2]["message"], hosts[2]["certificates"]) == ("unreachable", SSH_MESSAGE, [])
    assert hosts[3]["status"] == "invalid"
    assert document(report(cp1=outcome(CA)))["failing"] is False


def test_a_renewal() -> None:
    """Breaks when a program cannot tell what was renewed, or takes a host that did not come back for well."""
    well, ill = (outcome(CA)._replace(renewal=RENEWED._replace(error=error)) for error in ("", "kube-apiserver: gone"))
    found = document(report(cp1=well, cp2=ill))
    assert found["failing"] is True
    assert [host["renewal"] for host in found["hosts"]] == [
        {
            "renewed": {"apiserver": "ends at 2026-02-12T20:00:00+00:00"},
            "restarted": {"kube-scheduler": "it runs since 2026-01-01T00:00:00Z"},
            "served": {"kube-apiserver": {"not_after": "2027-01-31T12:00:00Z"}},
            "error": error,
            "planned": False,
        }
        for error in ("", "kube-apiserver: gone")
    ]
    assert document(report(cp1=well))["failing"] is False


def test_the_file(tmp_path: pathlib.Path) -> None:
    """Breaks when the file is not readable by others whatever the umask, or says something of an earlier run."""
    folder = tmp_path / "reports" / "certificates"
    before = os.umask(0o077)
    try:
        write_json(fleet(), str(folder))
        path = pathlib.Path(write_json(report(cp1=outcome(CA._replace(subject="CN=\udcff"))), str(folder)))
    finally:
        os.umask(before)
    assert (path, os.listdir(folder)) == (folder / "certificates.json", ["certificates.json"])
    assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(folder.stat().st_mode)) == (0o644, 0o755)
    assert len(json.loads(path.read_text(encoding="ascii"))["hosts"]) == 1


def test_a_file_that_cannot_be_written(tmp_path: pathlib.Path) -> None:
    """Breaks the message where a file stands in the way."""
    (tmp_path / "file").write_text("", encoding="ascii")
    with pytest.raises(KubewrightError, match="file"):
        write_json(fleet(), str(tmp_path / "file/x"))
