# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""NumCPU and Mem."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import ERROR, Check


def check(config: Config, facts: t.Mapping[str, t.Any]) -> list[Check]:
    """Two CPUs since 1.13, 1700 MB since 1.20."""
    checks = []
    cpus, memory = config.release.preflight_cpus, config.release.preflight_memory_mb
    if cpus:
        found, cure = facts["cpus"], "Give the host more CPUs."
        checks.append(Check("NumCPU", ERROR, found >= cpus, f"{found} CPUs", f"at least {cpus} CPUs", cure))
    if memory:
        found, cure = facts["memory_mb"], "Give the host more memory."
        checks.append(Check("Mem", ERROR, found >= memory, f"{found} MB", f"at least {memory} MB", cure))
    return checks


__all__ = ("check",)
