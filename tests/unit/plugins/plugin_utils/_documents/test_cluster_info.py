# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How cluster-info is written by minor; the host makes the same of the same settings."""

from __future__ import annotations

import base64
import typing as t

import pytest
import yaml

from ansible_collections.kubewright.control_plane.plugins.module_utils._api import wanted
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._documents.cluster_info import (
    cluster_info,
    settings,
)

MakeConfig = t.Callable[..., Config]


@pytest.mark.parametrize("minor", range(12, 38))
def test_rendered_and_made_on_the_host(make_config: MakeConfig, minor: int) -> None:
    """K10.8: breaks kubeadm join, or a second init that finds another text than the first has written."""
    config = make_config(f"1.{minor}.0", control_plane_endpoint="cp.example:443")
    rendered = cluster_info(config, b"CA")
    item = {"cluster_info": {"ca": "/ca.crt", **settings(config)}}
    now: t.Any = None
    assert wanted.manifest(item, wanted.Sources([], now, {"/ca.crt": b"CA"}.get)) == rendered
    document = yaml.safe_load(rendered["data"]["kubeconfig"])
    cluster = document["clusters"][0]["cluster"]
    assert (cluster["server"], base64.b64decode(cluster["certificate-authority-data"])) == (
        "https://cp.example:443",
        b"CA",
    )
    assert ("preferences" in document) is (minor < 34)
