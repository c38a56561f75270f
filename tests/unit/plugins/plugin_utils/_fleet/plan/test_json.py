# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan for programs; tests/unit/schemas/test_plan.py compares it with its schema."""

from __future__ import annotations

import json
import pathlib
import stat

import pytest
from plan_fleet import FIELDS, MANIFEST, plan

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.plan.json import (
    document,
    remove_earlier,
    write_json,
)


def test_the_document() -> None:
    """Breaks programs: what they read is somewhere else, or what is not complete says that it is."""
    found = document(plan())
    assert (found["version"], found["check_mode"], found["complete"]) == (1, True, False)
    assert found["summary"]["hosts"]["total"] == 6
    assert found["summary"]["changes"] == {"total": 3, "create": 1, "change": 1, "remove": 0, "restart": 1}
    assert found["hosts"][0]["changes"][0] == {
        "phase": "control_plane",
        "artefact": MANIFEST,
        "action": "change",
        "reason": "it differs",
        "fields": FIELDS,
        "away_seconds": None,
    }
    assert document(plan()._replace(hosts=plan().hosts[:2]))["complete"] is True
    assert document(plan()._replace(hosts=[]))["complete"] is False


def test_the_file(tmp_path: pathlib.Path) -> None:
    """Breaks a pipeline: no folder for the file, or half of a file; or others read how a cluster is configured."""
    path = tmp_path / "a/b/plan.json"
    write_json(plan(), str(path))
    assert json.loads(path.read_text(encoding="ascii")) == document(plan())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [item.name for item in path.parent.iterdir()] == ["plan.json"]
    with pytest.raises(KubewrightError, match="plan"):
        write_json(plan(), str(path / "x"))


def test_the_plan_of_an_earlier_run_goes(tmp_path: pathlib.Path) -> None:
    """Breaks trust in the file: a run that ends early leaves that of another one, which looks complete."""
    path = tmp_path / "plan.json"
    remove_earlier(str(path), 0.0)
    write_json(plan(), str(path))
    written = path.stat().st_mtime
    # By another play of the same run.
    remove_earlier(str(path), written - 1)
    assert path.exists()
    remove_earlier(str(path), written + 1)
    assert not path.exists()


@pytest.mark.parametrize("content", [b"", b"all:\n  hosts: {}\n", b"{}", b"[]", b"\xff", b"[" * 100000])
def test_another_file_stays(tmp_path: pathlib.Path, content: bytes) -> None:
    """Breaks an inventory that somebody has named by mistake: it would be gone."""
    path = tmp_path / "hosts.yml"
    path.write_bytes(content)
    for change in (lambda: remove_earlier(str(path), 0.0), lambda: write_json(plan(), str(path))):
        with pytest.raises(KubewrightError) as error:
            change()
        assert str(error.value).startswith(f"kubewright_plan_file: found {path}, which holds something else")
    assert path.read_bytes() == content
