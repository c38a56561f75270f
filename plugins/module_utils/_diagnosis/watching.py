# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The diagnosis beside a wait: what keeps a component from ever coming ends the wait before its time."""

from __future__ import annotations

import threading
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.all import Diagnosis
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import NEEDS
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.verdict import Verdict

# In seconds, between the end of one look and the next one. What comes up as usual is there before the first.
_FIRST, _INTERVAL = 5.0, 3.0
# What ends a wait, and for how many seconds it has to be seen: others may be about to mend the rest, or it is of before.
_BELIEVED = {"PortInUse": 10.0, "ImageMissing": 10.0, "HostPathMissing": 30.0, "EtcdNoQuorum": 30.0}


def sure_verdict(found: Diagnosis, component: str) -> Verdict | None:
    """What keeps a component from coming for sure, by itself or by what it needs; None where nothing does.

    How a program ends is judged by who knows since when that counts (C(crashes)).
    """
    concerned = {component, *NEEDS.get(component, ())}
    for verdict in found.acute:
        if verdict.component in concerned and verdict.is_sure and verdict.fault in _BELIEVED:
            return verdict
    return None


class Watching:
    """Looks in a thread of its own, so that nobody waits for it, and believes what all looks have said for some seconds."""

    def __init__(self, look: t.Callable[[], Diagnosis], monotonic: t.Callable[[], float]) -> None:
        """monotonic: seconds."""
        self._look, self._monotonic = look, monotonic
        self._next = monotonic() + _FIRST
        self._thread: threading.Thread | None = None
        self._found: Diagnosis | None = None
        self._before: Verdict | None = None
        self._since = 0.0

    def __call__(self, component: str) -> Verdict | None:
        """The sure sign, or None. component: the one that is waited for."""
        if self._thread is not None and not self._thread.is_alive():
            self._thread, self._next = None, self._monotonic() + _INTERVAL
            found, self._found = self._found, None
            verdict = sure_verdict(found, component) if found is not None else None
            before, self._before = self._before, verdict
            if verdict is None or before is None or _kind(before) != _kind(verdict):
                self._since = self._monotonic()
            elif self._monotonic() - self._since >= _BELIEVED[verdict.fault]:
                return verdict
        if self._thread is None and self._monotonic() >= self._next:
            self._thread = threading.Thread(target=self._run, daemon=True, name="diagnosis")
            self._thread.start()
        return None

    def _run(self) -> None:
        try:
            self._found = self._look()
        except Exception:  # the wait goes on: whatever it is, it is no sign
            self._found = None


def _kind(verdict: Verdict) -> tuple[str, str, str]:
    return verdict.component, verdict.fault, verdict.cause


__all__ = ("Watching", "sure_verdict")
