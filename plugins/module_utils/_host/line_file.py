# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""A file that somebody else reads while lines are added to it."""

from __future__ import annotations

import contextlib
import os
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.printable import line
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.redact import redacted


@contextlib.contextmanager
def lines_in(path: str) -> t.Iterator[t.Callable[[str], None]]:
    """Writes lines to a new file, for root alone, that is gone afterwards. Nothing is written where it cannot be made."""
    if not path:
        yield lambda _text: None
        return
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
    except OSError:
        yield lambda _text: None
        return

    def say(text: str) -> None:
        with contextlib.suppress(OSError):
            os.write(descriptor, (line(redacted(text)) + "\n").encode("utf-8"))

    try:
        yield say
    finally:
        os.close(descriptor)
        with contextlib.suppress(OSError):
            os.unlink(path)


__all__ = ("lines_in",)
