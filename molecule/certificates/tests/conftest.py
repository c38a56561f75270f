# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixtures of the tests of certificates that change."""

from __future__ import annotations

from certificate_life import first, second
from finished_node import kubernetes_binaries

__all__ = ("first", "kubernetes_binaries", "second")
