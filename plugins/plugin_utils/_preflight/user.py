# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""IsPrivilegedUser."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import ERROR, Check


def check(_config: Config, facts: t.Mapping[str, t.Any]) -> list[Check]:
    """Root, or nothing else has a meaning."""
    found, cure = "user id %d" % facts["uid"], "Run as root: set 'become: true' in the play."
    return [Check("IsPrivilegedUser", ERROR, facts["uid"] == 0, found, "user id 0", cure)]


__all__ = ("check",)
