# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The version of this collection."""

from __future__ import annotations

import json
import pathlib

import yaml

_ROOT = pathlib.Path(__file__).parents[2]


def collection_version() -> str:
    """By MANIFEST.json where the collection is installed, by galaxy.yml in its source."""
    manifest = _ROOT / "MANIFEST.json"
    if manifest.exists():
        return str(json.loads(manifest.read_text(encoding="utf-8"))["collection_info"]["version"])
    return str(yaml.safe_load((_ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"])


__all__ = ("collection_version",)
