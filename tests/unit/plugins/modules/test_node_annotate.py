# SPDX-License-Identifier: GPL-3.0-or-later
"""node_annotate against a cluster in memory."""

from __future__ import annotations

import typing as t

import pytest
from objects_in_memory import Server

from ansible_collections.kubewright.control_plane.plugins.modules import node_annotate


def test_it_annotates_once(run_module: t.Callable[..., t.Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks --check, or the second run."""
    server = Server({"kind": "Node", "metadata": {"name": "worker1"}})
    monkeypatch.setattr(node_annotate, "waiting_client", lambda _host, _timeout: server)
    arguments = {"name": "worker1", "annotations": {"a": "b"}}
    assert run_module("node_annotate", arguments, check=True).result["changed"]
    assert run_module("node_annotate", arguments).result["changed"]
    assert not run_module("node_annotate", arguments).result["changed"]
