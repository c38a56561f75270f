# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""certs_info: reads only, in check mode as well, and tells no key."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

RunModule = t.Callable[..., t.Any]


@pytest.mark.parametrize("check", [False, True])
def test_what_is_there(
    run_module: RunModule, make_config: t.Callable[..., t.Any], tmp_path: pathlib.Path, check: bool
) -> None:
    """Breaks the result's form, or writes to the host."""
    config = make_config("1.31.0", certificates_dir=str(tmp_path / "pki"), encryption_algorithm="ECDSA-P256")
    arguments = {"config": config.data}
    blank = run_module("certs_info", arguments, check)
    assert (blank.code, blank.result["changed"], list(tmp_path.iterdir())) == (0, False, [])
    assert blank.result["certificates"][0] == {
        "path": str(tmp_path / "pki/ca.crt"),
        "kind": "ca",
        "certificate_path": None,
        "subject": None,
        "sans": [],
        "issuer": None,
        "not_before": None,
        "not_after": None,
        "days_left": None,
        "key_algorithm": None,
        "has_key": False,
        "server": None,
        "status": "missing",
        "reason": "missing",
    }
    run_module("pki_generate", arguments)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    run = run_module("certs_info", arguments, check)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
    statuses = {item["path"]: item["status"] for item in run.result["certificates"]}
    assert {status for path, status in statuses.items() if path.startswith(str(tmp_path))} == {"ok"}
    keys = [path.read_text(encoding="ascii").splitlines()[1] for path in tmp_path.rglob("*.key")]
    assert len(keys) == 11
    assert not [key for key in keys if key in run.text]
    assert "PRIVATE KEY" not in run.text
