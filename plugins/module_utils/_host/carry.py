# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Changes of the phases that follow, carried out in the execution of one before them, as soon as what they need is there."""

from __future__ import annotations

import functools
import time
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.carried import carry_out
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.apply import apply_phase
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host

Item = t.Mapping[str, t.Any]


class Carrier:
    """results: of each phase that was carried out, as host_apply returns it; see C(_base.carried)."""

    def __init__(self, host: Host, items: t.Sequence[Item], monotonic: t.Callable[[], float] = time.monotonic) -> None:
        """items: C(phase), its C(changes) (see C(_host.apply)), and C(after), how many changes of the execution have to be carried
        out before them; in their order.
        """
        self._host, self._left, self._monotonic = host, list(items), monotonic
        self.results: dict[str, dict[str, t.Any]] = {}

    def reached(self, count: int) -> None:
        """So many changes of the execution have been carried out. A phase that cannot be ends it for those after it."""
        while self._left and self._left[0]["after"] <= count:
            item = self._left.pop(0)
            apply = functools.partial(apply_phase, self._host, item["changes"], check=False)
            if not carry_out(item["phase"], apply, self.results, self._monotonic):
                self._left = []


__all__ = ("Carrier",)
