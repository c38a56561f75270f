# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Commands of the host, as a parameter."""

from __future__ import annotations

import os
import typing as t


class Result(t.NamedTuple):
    """The exit code and the texts of a finished command. code 127: there is no such command."""

    code: int
    stdout: str
    stderr: str


Runner = t.Callable[[t.Sequence[str]], Result]

SEARCH_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin", "/opt/bin")


def find_command(name: str, path: str | None = None) -> str | None:
    """Where a command lies: on PATH or in the usual folders, which sudo may have taken off PATH."""
    for folder in (path if path is not None else os.environ.get("PATH", "")).split(":") + list(SEARCH_PATH):
        candidate = os.path.join(folder, name)
        if folder and os.path.isfile(candidate) and os.access(candidate, os.X_OK):
            return candidate
    return None


__all__ = ("SEARCH_PATH", "Result", "Runner", "find_command")
