# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Components that have ended since something was changed: what shows soon that waiting longer cannot help."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import MANIFESTS_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import kubelet_service
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.processes import CLOCK_ERROR
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import (
    COMPONENTS,
    NEEDS,
    ControlPlane,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.reload import moment
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.verdict import (
    ENDS_ITSELF,
    Verdict,
    judge,
    may_pass,
    redacted_verdict,
    without_prefix,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.containers import (
    Ended,
    ended_by_cri,
    ended_by_docker,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.docker import SOCKET, EngineError
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.grpc import CallFailed, call
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.runtime import socket_path

# In seconds: how often is looked, and how long the runtime may take for each answer.
INTERVAL = 1.0
_ANSWER = 5.0
# For how long the kubelet may go on with a manifest that is there no more: it waits for an answer of an API server that is away (34 s,
# seen on 1.37.2).
_UNNOTICED = 40.0
# For how long the first sign waits for those of the others that were changed with it: one run tells all that has to be corrected.
_TOGETHER = 3.0
# How often a component has to end since the change before a cause that nobody knows is believed.
MOST_ENDS = 3
# By SIGKILL or SIGTERM.
_KILLED = (137, 143)
# What containerd says of a container that was lost, as in a restart of the host. klog ends a program with the same code, with words.
_LOST_CODE, _LOST_REASON = 255, "Unknown"
# Behind its last words a program may print all of its help.
_TAIL_BYTES = 2**18
_TAIL_LINES = 400
# systemd's own words.
_STARTED = ("Started kubelet", "Started " + kubelet_service.UNIT)


def ended_containers(control_plane: ControlPlane, since: float) -> list[Ended]:
    """The containers of the static pods that were made since and have ended; none where the runtime does not say."""
    names = {f"{name}-{control_plane.node_name}": name for name in control_plane.components}
    try:
        if control_plane.docker:
            return ended_by_docker(SOCKET, names, since, _ANSWER)
        path = socket_path(control_plane.cri_socket)
        return ended_by_cri(lambda method, message: call(path, method, message, _ANSWER), names, since)
    except (OSError, CallFailed, EngineError, ValueError, TypeError, KeyError, AttributeError):
        return []


def is_of_now(host: WatchedHost, ended: Ended, is_new: bool = True) -> bool:
    """Whether a container is of the manifest that is there now: its pod was made after that.

    The kubelet starts those of an earlier one again until it has noticed. The time at which the file itself was changed counts: one
    that was put back has its content's own time. is_new: whether this run has changed it, and has seen all well before. Otherwise the one
    before may have been bad, and the kubelet, while the API server is away, starts a pod of it all the same for some time.
    """
    times = host.times(f"{MANIFESTS_DIR}/{ended.name}.yaml")
    if times is None or times[1] > host.clock():
        return True
    if ended.pod_created and ended.pod_created < times[1] - CLOCK_ERROR:
        return False
    return is_new or ended.created >= times[1] + _UNNOTICED


def was_killed(ended: Ended) -> bool:
    """Whether a container was ended by somebody else, or with the host, and has said nothing of it."""
    return ended.exit_code in _KILLED or (ended.exit_code == _LOST_CODE and ended.reason == _LOST_REASON)


def judge_container(host: WatchedHost, ended: Ended, ends: int) -> Verdict | None:
    """Why a container has ended; None where nothing says so. ends: how often the component has ended since the change."""
    text = host.tail(ended.log, _TAIL_BYTES).decode("utf-8", "replace") if ended.log else ""
    lines = [without_prefix(line) for line in text.splitlines()[-_TAIL_LINES:]]
    reason = f" ({ended.reason})" if ended.reason not in ("", "Error") else ""
    evidence = [f"exit code {ended.exit_code}{reason} at {moment(ended.finished)}"]
    if ended.log:
        evidence.append(f"log: {ended.log}")
    if ended.reason == "OOMKilled":
        cure = "Give its pod more memory, by a patch in kubewright_patches_directory, or the host, and run again."
        return Verdict(ended.name, "OutOfMemory", "was ended for want of memory", evidence, cure)
    found = None if was_killed(ended) else judge(ended.name, lines or ended.message.splitlines(), evidence)
    if ends < MOST_ENDS or (found is not None and (found.is_sure or found.passes)):
        return found
    if found is not None:
        return found._replace(is_sure=True)
    cure = "Correct what was changed last and run again."
    cause = f"has ended {ends} times"
    last = [line for line in lines if line][-3:]
    return Verdict(ended.name, ENDS_ITSELF, cause, [*evidence, *last], cure, not any(map(may_pass, last)))


def judge_kubelet(host: WatchedHost, since: float | None) -> Verdict | None:
    """Why the kubelet has ended since, or ends now; it is started again and again. since: seconds since the epoch, or None."""
    code = kubelet_service.exit_code(host.run)
    if not code:
        return None
    lines = kubelet_service.journal(host.run, _TAIL_LINES, since)
    # Of the last one alone: it is started again and again.
    starts = [number for number, line in enumerate(lines) if line.startswith(_STARTED)]
    lines = lines[starts[-1] :] if starts else lines
    return judge("kubelet", lines, [f"exit code {code}", "journal: journalctl -u kubelet"])


class Crashes:
    """Looks, at most once a second, for the first sure sign that what is waited for does not come, and for those beside it."""

    def __init__(
        self,
        control_plane: ControlPlane,
        host: WatchedHost,
        since: t.Mapping[str, float],
        begin: float | None = None,
        changed: t.Collection[str] = (),
    ) -> None:
        """since: when components have had to be restarted, by name; for others the time of now counts.

        begin: before when nothing counts, in seconds since the epoch, as of a manifest that was put back with its own time. changed:
        the components whose manifests this run has changed.
        """
        self._new = changed
        self._control_plane, self._host, self._changed, self._begin = control_plane, host, since, begin or 0.0
        self._now = host.clock()
        self._ends: dict[str, set[float]] = {}
        self._next = host.monotonic() + INTERVAL
        self._first: float | None = None

    def __call__(self, unhealthy: str) -> Verdict | None:
        """The sure sign, or None. unhealthy: the component that is waited for."""
        now = self._host.monotonic()
        if now < self._next:
            return None
        self._next = now + INTERVAL
        return self.look(unhealthy)

    def look(self, unhealthy: str) -> Verdict | None:
        """The same, without regard to when was looked before. What the others need comes first.

        What has not been changed, and is not what is waited for, may have been broken before.
        """
        found: dict[str, Verdict | None] = {}
        if unhealthy == "kubelet":
            found["kubelet"] = judge_kubelet(self._host, self._since("kubelet"))
        concerned = {unhealthy, "etcd", *self._changed}
        oldest = min(map(self._since, COMPONENTS))
        for ended in ended_containers(self._control_plane, oldest):
            is_late = ended.created >= self._since(ended.name)
            if not (ended.exit_code and ended.name in concerned and is_late):
                continue
            if is_of_now(self._host, ended, ended.name in self._new):
                ends = self._ends.setdefault(ended.name, set())
                ends.add(ended.created)
                found[ended.name] = judge_container(self._host, ended, len(ends))
        verdicts = [found.get(name) for name in COMPONENTS]
        return self._together([redacted_verdict(item) for item in verdicts if item is not None and item.is_sure])

    def _together(self, sure: t.Sequence[Verdict]) -> Verdict | None:
        """The first, beside it the others. None where there is none, and while others may follow that do not fail by these alone."""
        now = self._host.monotonic()
        if not sure:
            self._first = None
            return None
        if self._first is None:
            self._first = now
        told = {verdict.component for verdict in sure}
        if now - self._first < _TOGETHER and self._may_follow(told):
            return None
        return sure[0]._replace(beside=tuple(sure[1:]))

    def _may_follow(self, told: t.Collection[str]) -> bool:
        """Whether another one was changed that neither is told of nor needs one that is. A manifest may be of none of the components."""
        return any(name in self._new and not {name, *NEEDS[name]}.intersection(told) for name in COMPONENTS)

    def _since(self, name: str) -> float:
        return max(self._changed.get(name, self._now), self._begin)


__all__ = (
    "INTERVAL",
    "MOST_ENDS",
    "Crashes",
    "ended_containers",
    "is_of_now",
    "judge_container",
    "judge_kubelet",
    "was_killed",
)
