# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Bytes as a file that has no name, for what reads files only: nobody else finds it, and it is gone with its process."""

from __future__ import annotations

import contextlib
import os
import tempfile
import typing as t


def _nameless() -> t.BinaryIO:
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("kubewright", os.MFD_CLOEXEC), "w+b")
    return t.cast(t.BinaryIO, tempfile.TemporaryFile())


@contextlib.contextmanager
def as_file(data: bytes) -> t.Iterator[str]:
    """The path of a file with some bytes, for this process alone. Raises OSError."""
    with _nameless() as stream:
        stream.write(data)
        stream.flush()
        yield f"/proc/self/fd/{stream.fileno()}"


@contextlib.contextmanager
def as_file_of_child(data: bytes) -> t.Iterator[str]:
    """The same for a command that this process starts. Raises OSError."""
    with as_file(data) as own:
        yield own.replace("/self/", f"/{os.getpid()}/")


__all__ = ("as_file", "as_file_of_child")
