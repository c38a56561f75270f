# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The nearest known name for one that is unknown."""

from __future__ import annotations

import difflib
import typing as t


def did_you_mean(name: str, known: t.Sequence[str]) -> str:
    """A sentence with the nearest known name, or nothing where none is near."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f" Did you mean {close[0]}?" if close else ""


__all__ = ("did_you_mean",)
