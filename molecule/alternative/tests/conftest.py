# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixtures of finished control planes."""

from __future__ import annotations

from finished_node import kubeadm, kubernetes_binaries, node, second_run

__all__ = ("kubeadm", "kubernetes_binaries", "node", "second_run")
