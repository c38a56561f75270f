# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Shows what a module writes to a file of its host while it runs, which Ansible itself shows only at the end."""

from __future__ import annotations

import contextlib
import contextvars
import copy
import secrets
import threading
import typing as t

# In seconds: what comes up as usual is not asked on the way more than once.
_FIRST, _INTERVAL = 4.0, 2.0
# A file system of the host's memory, where only root may make files.
_FOLDER = "/run"
_LARGEST = 2**16
# Those whose commands share no session with each other.
_TRANSPORTS = ("ssh", "local", "docker", "podman")
# In seconds: for how long a command that has been started is waited for at the end.
_LONGEST = 15.0


def new_path() -> str:
    """A path that nobody else uses."""
    return f"{_FOLDER}/kubewright-{secrets.token_hex(8)}.progress"


def _other_of(action: t.Any) -> t.Any:
    """The same action with a connection of its own, as far as a connection has a state: two commands run at once."""
    other = copy.copy(action)
    other._connection = copy.copy(action._connection)
    if getattr(other._connection, "become", None) is not None:
        # It keeps by which word the answer of the last command begins.
        other._connection.set_become_plugin(copy.copy(other._connection.become))
    return other


@contextlib.contextmanager
def following(action: t.Any, path: str, show: t.Callable[[str], None]) -> t.Iterator[None]:
    """While what is inside runs, new lines of the file are shown. Whatever fails here does not matter to the task."""
    if str(getattr(action._connection, "transport", "")) not in _TRANSPORTS:
        yield
        return
    over = threading.Event()
    context = contextvars.copy_context()
    thread = threading.Thread(
        target=context.run, args=(_follow, _other_of(action), path, show, over), daemon=True, name="following"
    )
    thread.start()
    try:
        yield
    finally:
        over.set()
        # A connection should not be used by two when the next task comes.
        thread.join(_LONGEST)


def _follow(other: t.Any, path: str, show: t.Callable[[str], None], over: threading.Event) -> None:
    seen = 0
    wait = _FIRST
    while not over.wait(wait):
        wait = _INTERVAL
        try:
            answer = other._low_level_execute_command(f"head -c {_LARGEST} {path}", sudoable=True)
        except Exception:  # of any connection plugin: the task itself says what is wrong with it
            return
        if answer.get("rc") != 0:
            continue
        # A line that is being written is shown when it is whole.
        lines = str(answer.get("stdout") or "").split("\n")[:-1]
        for text in lines[seen:]:
            show(text.rstrip("\r"))
        seen = max(seen, len(lines))


__all__ = ("following", "new_path")
