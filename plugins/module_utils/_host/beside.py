# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Work on the host beside other work: most of a read is Python's own time, which threads do not share."""

from __future__ import annotations

import contextlib
import json
import os
import typing as t


def beside(work: t.Callable[[], dict[str, t.Any]]) -> t.Callable[[], dict[str, t.Any]]:
    """Starts work in a process of its own, and returns what waits for its result. Where that fails, it is done here.

    work: returns a dictionary that JSON can hold, and may be done twice.
    """
    read_end, write_end = os.pipe()
    try:
        pid = os.fork()
    except OSError:
        os.close(read_end)
        os.close(write_end)
        return work
    if pid == 0:
        try:
            # The output is the module's result, and its temporary files are not this process's business either.
            # Without this process as its reader the pipe breaks when the other one has gone.
            os.close(read_end)
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, 1)
            os.dup2(nothing, 2)
            with os.fdopen(write_end, "wb") as stream:
                stream.write(json.dumps(work()).encode("utf-8"))
        finally:
            os._exit(0)
    os.close(write_end)

    def result() -> dict[str, t.Any]:
        with os.fdopen(read_end, "rb") as stream:
            text = stream.read()
        # Where the signal of its end is ignored, there is nothing to wait for.
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)
        try:
            # What was cut off is no JSON.
            return t.cast("dict[str, t.Any]", json.loads(text))
        except ValueError:
            return work()

    return result


__all__ = ("beside",)
