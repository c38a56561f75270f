# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""A list for people, of which nobody wants to read all."""

from __future__ import annotations

import typing as t


def some(items: t.Sequence[str], most: int = 5) -> str:
    """The first items, and how many more there are: C(a, b and 3 more)."""
    shown = ", ".join(items[:most])
    return f"{shown} and {len(items) - most} more" if len(items) > most else shown


__all__ = ("some",)
