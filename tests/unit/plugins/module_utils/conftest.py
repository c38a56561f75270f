# SPDX-License-Identifier: GPL-3.0-or-later
"""A finished control plane in a folder."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
from diagnosed_node import Node

from ansible_collections.kubewright.control_plane.plugins.module_utils._host import kubelet_service


@pytest.fixture(name="node")
def fixture_node(tmp_path: pathlib.Path, make_config: t.Callable[..., t.Any], monkeypatch: pytest.MonkeyPatch) -> Node:
    """Its node."""
    monkeypatch.setattr(kubelet_service, "find_command", lambda name: name)
    # Keys of elliptic curves are made at once.
    return Node(tmp_path, make_config("1.37.2", encryption_algorithm="ECDSA-P256"))
