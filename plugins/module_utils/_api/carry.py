# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Objects of the phases that follow, applied in the execution of one before them, over one connection."""

from __future__ import annotations

import functools
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.admin import admin_client
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.apply_all import apply_phase
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.wanted import ReadFile
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.carried import Result, carry_out


def carry_objects(
    api: t.Mapping[str, t.Any], items: t.Sequence[t.Mapping[str, t.Any]], read: ReadFile
) -> dict[str, Result]:
    """By phase, what objects_apply returns; see C(_base.carried).

    api: see C(admin.API_SPEC). items: C(phase) and its C(changes), in their order.
    """
    results: dict[str, Result] = {}
    connect = functools.lru_cache(maxsize=None)(functools.partial(admin_client, api, waits=True))
    for item in items:
        if not carry_out(item["phase"], functools.partial(apply_phase, connect, item["changes"], read, False), results):
            break
    return results


__all__ = ("carry_objects",)
