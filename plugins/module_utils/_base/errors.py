# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The exceptions that the library raises and the modules turn into one message."""

from __future__ import annotations

import typing as t


class KubewrightError(Exception):
    """A cause that a user can act on. The text says what was found, what was wanted and what to do."""


class Fault(t.NamedTuple):
    """One thing that is wrong with the input or the host.

    path: the variable or fact, down to the element (C(kubewright_taints[0].effect)).
    found: what is there, as text (never a secret).
    wanted: what is allowed there.
    cure: what to do, as a sentence.
    """

    path: str
    found: str
    wanted: str
    cure: str

    def __str__(self) -> str:
        return f"{self.path}: found {self.found}; allowed: {self.wanted}. {self.cure}"


class InvalidInput(KubewrightError):
    """Every fault of the input, at once."""

    def __init__(self, faults: t.Sequence[Fault]) -> None:
        self.faults = list(faults)
        count = "%d faults" % len(faults) if len(faults) != 1 else "1 fault"
        super().__init__(
            "\n".join([f"The configuration has {count}; nothing was changed."] + [f"- {fault!s}" for fault in faults])
        )


__all__ = ("Fault", "InvalidInput", "KubewrightError")
