# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixtures of the preflight checks."""

from __future__ import annotations

from finished_node import kubernetes_binaries
from preflight_runs import healthy, kubeadm_preflight

__all__ = ("healthy", "kubeadm_preflight", "kubernetes_binaries")
