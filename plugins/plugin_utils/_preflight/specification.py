# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What SystemVerification wants in the minor of a configuration, and how its outcomes look."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import Check
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.system_verification import (
    SPECIFICATIONS,
    Specification,
)

NAME = "SystemVerification"
WAIVER = "add SystemVerification to kubewright_ignore_preflight_errors"


def specification(config: Config) -> Specification:
    """What this minor's validators want."""
    return SPECIFICATIONS[config.release.system_validators]


def verification(severity: str, passed: bool, found: str, wanted: str, cure: str) -> Check:
    """One outcome of SystemVerification."""
    return Check(NAME, severity, passed, found, wanted, cure)


__all__ = ("NAME", "WAIVER", "specification", "verification")
