# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The version of the collection: of its source, and installed."""

from __future__ import annotations

import json
import pathlib

import pytest
import yaml

from ansible_collections.kubewright.control_plane.plugins.plugin_utils import _collection_version as version

ROOT = pathlib.Path(__file__).parents[4]


def test_the_source() -> None:
    """Breaks reports, which say with which version they were made."""
    assert version.collection_version() == yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]


def test_installed(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks reports of an installed collection, which has no galaxy.yml."""
    content = json.dumps({"collection_info": {"version": "1.2.3"}})
    (tmp_path / "MANIFEST.json").write_text(content, encoding="utf-8")
    monkeypatch.setattr(version, "_ROOT", tmp_path)
    assert version.collection_version() == "1.2.3"
