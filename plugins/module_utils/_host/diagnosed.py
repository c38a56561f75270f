# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The host as those see it who look for what is wrong: what runs, and what there is."""

from __future__ import annotations

import os

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost


class DiagnosedHost(WatchedHost, InspectedHost):
    """Both, of one host."""

    def mode(self, path: str) -> int | None:
        """Kind and mode (st_mode) of what is at a path, behind links; None where nothing is."""
        try:
            return os.stat(self.path(path)).st_mode
        except OSError:
            return None


__all__ = ("DiagnosedHost",)
