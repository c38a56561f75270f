# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixtures of control planes that kubeadm works on."""

from __future__ import annotations

from finished_node import kubernetes_binaries, node

__all__ = ("kubernetes_binaries", "node")
