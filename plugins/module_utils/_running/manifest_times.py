# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""When the manifests of static pods were written."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost


def manifest_times(host: WatchedHost, paths: t.Sequence[str]) -> dict[str, float]:
    """When each manifest was written, in seconds since the epoch, by component; absent ones are left out."""
    times = {os.path.basename(path)[: -len(".yaml")]: host.times(path) for path in paths}
    return {component: found[0] for component, found in times.items() if found is not None}


__all__ = ("manifest_times",)
