# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is read for the planned phases on a host where something is missing."""

from __future__ import annotations

import pathlib

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._read.planned import planned_facts

NOTHING = {"paths": [], "kubelet": False, "objects": [], "api": None, "credentials": None}


def _host(root: pathlib.Path) -> Host:
    return Host(lambda _argv: Result(127, "", ""), str(root))


def test_only_what_is_asked_for(tmp_path: pathlib.Path) -> None:
    """Breaks hosts of which little is to be known: each look takes time, and may fail."""
    assert planned_facts(_host(tmp_path), NOTHING) == {"files": {}}
    assert planned_facts(_host(tmp_path), {**NOTHING, "paths": ["/a"]}) == {"files": {"/a": None}}


def test_objects_need_an_api(tmp_path: pathlib.Path) -> None:
    """Breaks with a traceback where a task of a user's own forgets it."""
    item = {"mark": "m", "policy": "replace", "manifest": {}}
    with pytest.raises(KubewrightError, match="api is needed"):
        planned_facts(_host(tmp_path), {**NOTHING, "objects": [item]})


def test_without_cryptography(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks phases that have nothing to do with certificates, or the message of those that have."""
    monkeypatch.setattr(x509, "CRYPTOGRAPHY_ERROR", "no module")
    facts = planned_facts(_host(tmp_path), {**NOTHING, "paths": ["/a"], "credentials": {"certificates": []}})
    assert facts["files"] == {"/a": None}
    assert "apt-get install python3-cryptography" in facts["credentials"]["error"]
