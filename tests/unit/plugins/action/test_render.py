# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The folder of a host, rendered without asking it."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
from acting import act

TOKEN = "abcdef.0123456789abcdef"


RENDERED = {"inventory_hostname": "cp1", "ansible_host": "192.0.2.10", "kubewright_kubernetes_version": "v1.31.0"}


def _render(check: bool = False, **variables: t.Any) -> dict[str, t.Any]:
    given = {**RENDERED, "kubewright_bootstrap_tokens": [{"token": TOKEN}]}
    given = {**given, **{"kubewright_" + name: value for name, value in variables.items()}}
    resolved = act("cluster_config", {"offline": True}, given)
    assert resolved.shipped is None
    if resolved.result.get("failed"):
        return resolved.result
    action = act("render", {"config": resolved.result["resolved"]}, given, check=check)
    assert action.shipped is None
    return action.result


@pytest.mark.parametrize("secrets", [False, True])
def test_render(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, secrets: bool) -> None:
    """Breaks the rendering: check mode writes, a second run changes something, or secrets come unasked."""
    monkeypatch.chdir(tmp_path)
    planned = _render(check=True, render_dir="out", render_secrets=secrets)
    assert planned["changed"]
    assert not (tmp_path / "out").exists()
    result = _render(render_dir="out", render_secrets=secrets)
    assert (result["changed"], result["folder"]) == (True, str(tmp_path / "out/cp1"))
    written = {str(path.relative_to(tmp_path / "out/cp1")) for path in (tmp_path / "out/cp1").rglob("*.*")}
    assert set(result["written"]) == {path for path in written if (tmp_path / "out/cp1" / path).is_file()}
    assert set(planned["written"]) == set(result["written"])
    assert ("files/etc/kubernetes/pki/ca.key" in result["written"]) is secrets
    assert ("files/etc/kubernetes/admin.conf" in result["written"]) is secrets
    assert "PRIVATE KEY" not in str(result)
    assert TOKEN not in str(result)
    again = _render(render_dir="out", render_secrets=secrets)
    assert (again["changed"], again["written"], again["removed"]) == (False, [], [])


def test_render_without_a_folder() -> None:
    """Breaks the message where the one variable that render needs is missing: it comes with all others."""
    result = _render(bind_port=0)
    assert result["failed"]
    assert [fault["path"] for fault in result["faults"]] == ["kubewright_bind_port", "kubewright_render_dir"]


@pytest.mark.parametrize("secrets", [False, True])
def test_a_name_that_leads_elsewhere(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, secrets: bool) -> None:
    """Breaks the folders of others: a host's files would be laid where its name in the inventory leads."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(RENDERED, "inventory_hostname", "../a")
    result = _render(render_dir="out", render_secrets=secrets, node_name="a")
    assert (result["failed"], "kubewright_render_dir" in result["msg"]) == (True, True)
    assert list(tmp_path.rglob("*")) == []
