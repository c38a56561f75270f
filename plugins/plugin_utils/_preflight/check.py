# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The outcome of one preflight check."""

from __future__ import annotations

import typing as t

# A hint is said, and no more: something that may be meant.
ERROR, WARNING, HINT = "error", "warning", "hint"


class Check(t.NamedTuple):
    """The outcome of one check.

    name: kubeadm's name, as its C(--ignore-preflight-errors) knows it, or one of this collection in the same style.
    severity: what a failure means, C(error), C(warning) or C(hint). found, wanted: texts without secrets. cure: a sentence.
    """

    name: str
    severity: str
    passed: bool
    found: str
    wanted: str
    cure: str


def is_named(name: str, names: t.Sequence[str]) -> bool:
    """Whether a list names a check: by its name in any case, or by C(all)."""
    lowered = {item.lower() for item in names}
    return "all" in lowered or name.lower() in lowered


__all__ = ("ERROR", "HINT", "WARNING", "Check", "is_named")
