# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""A phase that is carried out in the execution of another one, with a result of its own."""

from __future__ import annotations

import time
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError

Result = t.Dict[str, t.Any]


def carry_out(
    phase: str,
    apply: t.Callable[[], Result],
    results: dict[str, Result],
    monotonic: t.Callable[[], float] = time.monotonic,
) -> bool:
    """Whether the phases after it may follow: they do not where it failed, or something was no longer as it was read.

    apply: returns what the phase's own applier does. results: gets that with C(seconds), or C(failed) and C(msg), by the phase.
    """
    begin = monotonic()
    try:
        found = apply()
    except KubewrightError as error:
        # As its own applier says it.
        results[phase] = {"failed": True, "msg": f"{phase}: {error}"}
        return False
    results[phase] = dict(found, seconds=round(monotonic() - begin, 3))
    return is_done(found)


def is_done(found: Result) -> bool:
    """Whether a phase has done all that it was to do."""
    return not found.get("failed") and not found["stale"]


__all__ = ("Result", "carry_out", "is_done")
