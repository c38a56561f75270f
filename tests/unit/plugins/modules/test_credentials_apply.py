# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""credentials_apply on this machine: certificates are made, no key is printed, and check mode makes none."""

from __future__ import annotations

import fcntl
import pathlib
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host import lock
from ansible_collections.kubewright.control_plane.plugins.modules import credentials_apply
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.changes import (
    WriteAuthority,
    arguments,
    private_keys,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.folder import profile_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.in_folder import folder_facts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.planned_changes import changes_of, expected
from credentials_made import CERTIFICATES, plan

Run = t.Callable[..., t.Any]


def _task(host: t.Any) -> dict[str, t.Any]:
    """All that a blank host needs, as the action ships it."""
    config = host.config()
    facts, planned = folder_facts(config, "", host.now), plan(config, host.now, CERTIFICATES)
    changes = arguments(changes_of(config, facts, planned))
    told = expected(config, facts, planned)
    return {"phase": "certs", "changes": changes, "expected": told, "profile": profile_of(config)._asdict()}


@pytest.mark.parametrize("check", [True, False])
def test_a_blank_host(run_module: Run, host: t.Any, check: bool) -> None:
    """Breaks the first run, or check mode, which must make no key."""
    run = run_module("credentials_apply", _task(host), check=check)
    assert (run.code, run.result["changed"], run.result["stale"]) == (0, not check, [])
    assert host.pki.exists() is not check
    assert "PRIVATE KEY" not in run.text
    if not check:
        assert plan(host.config(), host.now, CERTIFICATES).steps == []


def test_a_file_that_somebody_has_put_there(run_module: Run, host: t.Any) -> None:
    """Breaks two runs at the same time: the CA of the first would be replaced by that of the second."""
    task = _task(host)
    host.pki.mkdir(parents=True)
    (host.pki / "ca.crt").write_text("mine", encoding="ascii")
    run = run_module("credentials_apply", task)
    assert (run.result["changed"], run.result["stale"]) == (False, [str(host.pki / "ca.crt")])
    assert [path.name for path in host.pki.rglob("*")] == ["ca.crt"]


def test_the_users_own_key_is_not_printed(run_module: Run, host: t.Any, tmp_path: pathlib.Path) -> None:
    """Breaks the safety of the user's CA, also where its writing fails."""
    certificate, key = ((host.sound / f"ca.{end}").read_text(encoding="ascii") for end in ("crt", "key"))
    for folder in (host.pki, tmp_path / "file/x"):
        write = WriteAuthority(str(folder / "ca.crt"), str(folder / "ca.key"), certificate, key)
        (tmp_path / "file").write_text("", encoding="ascii")
        task = {**_task(host), "changes": arguments([write]), "expected": {}, "private_keys": private_keys([write])}
        run = run_module("credentials_apply", task)
        assert run.code == (0 if folder == host.pki else 1)
        assert key.splitlines()[1] not in run.text
    assert (host.pki / "ca.key").read_text(encoding="ascii") == key


@pytest.mark.parametrize("check", [True, False])
def test_what_follows_is_carried_out(run_module: Run, host: t.Any, tmp_path: pathlib.Path, check: bool) -> None:
    """Breaks the first run, where the execution of the certificates writes what comes after them; check mode writes nothing."""
    path = tmp_path / "manifests/etcd.yaml"
    change = {"kind": "write_file", "path": str(path), "content": "new\n", "mode": 0o600, "directory_mode": 0o700}
    change.update(expected=None, watched=False, shown=None, reason="it is absent")
    task = _task(host)
    files = [{"phase": "etcd", "after": len(task["changes"]), "changes": [change]}]
    run = run_module("credentials_apply", {**task, "files": files}, check=check)
    assert path.exists() is not check
    assert list(run.result["carried"]) == ([] if check else ["etcd"])


def test_what_follows_comes_after_what_it_needs(run_module: Run, host: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the first run: the kubelet would be started a moment before its kubeconfig is written."""
    seen: list[tuple[int, int]] = []

    class Counting:
        """Counts the CAs that are there, which come first."""

        results: t.ClassVar[dict[str, t.Any]] = {}

        def __init__(self, _host: t.Any, _items: t.Any) -> None:
            """Nothing is carried."""

        def reached(self, count: int) -> None:
            """So many changes are said to be carried out."""
            seen.append((count, len(list(host.pki.rglob("*ca.crt")))))

    monkeypatch.setattr(credentials_apply, "Carrier", Counting)
    run_module("credentials_apply", _task(host))
    assert seen[:3] == [(1, 1), (2, 2), (3, 3)]


def test_another_run_is_at_work(
    run_module: Run, host: t.Any, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Breaks two runs on one host: the certificates of one would be signed by a CA that the other has replaced."""
    monkeypatch.setattr(lock, "HOST", str(tmp_path / "lock"))
    task = dict(_task(host), lock_timeout=0.1)
    with (tmp_path / "lock").open("w", encoding="ascii") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        run = run_module("credentials_apply", task)
        assert (run.code, "certs: another run is at work" in run.result["msg"]) == (1, True)
        assert not host.pki.exists()
    assert run_module("credentials_apply", task).result["changed"] is True
