# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixtures of finished control planes, and the order of the tests: those that change the control planes come last."""

from __future__ import annotations

import pathlib

import pytest
from finished_node import kubeadm, kubernetes_binaries, node, second_run


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of this scenario after those that all finished control planes share."""
    here = pathlib.Path(__file__).parent
    items.sort(key=lambda item: item.path.parent == here)


__all__ = ("kubeadm", "kubernetes_binaries", "node", "pytest_collection_modifyitems", "second_run")
