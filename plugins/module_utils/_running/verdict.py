# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Why a component ended, by what it said: the cause, what shows it, and what to do about it.

The words are those of the components themselves: of the libraries for their flags (spf13/pflag for Kubernetes, Go's own for etcd), of
Go's standard library, and of the runtimes; they have been the same in all minors from 1.12 to 1.37.
"""

from __future__ import annotations

import json
import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.redact import redacted
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.causes import RULES, filled

_LONGEST = 600


class Verdict(t.NamedTuple):
    """cause: what goes on behind the component's name in a sentence. evidence: what shows it, as lines. cure: what to do.

    fault: a word for the kind of cause, for programs. is_sure: whether waiting longer cannot help. passes: whether the cause may lie
    in another component, and pass with that. beside: what others fail by at the same time, of themselves.
    """

    component: str
    fault: str
    cause: str
    evidence: t.Sequence[str]
    cure: str
    is_sure: bool = True
    passes: bool = False
    beside: t.Sequence[Verdict] = ()

    def sentence(self) -> str:
        """The cause alone."""
        return f"{self.component} {self.cause}"

    def text(self) -> str:
        """For people."""
        own = [f"{self.sentence()}.", *(f"  {line}" for line in self.evidence), self.cure]
        return "\n".join([*own, *(verdict.text() for verdict in self.beside)])


def _short(line: str) -> str:
    return line if len(line) <= _LONGEST else line[: _LONGEST - 3] + "..."


def redacted_verdict(verdict: Verdict) -> Verdict:
    """The same without the passwords of URLs, in lines that a person can read."""
    evidence = [_short(redacted(line)) for line in verdict.evidence]
    return verdict._replace(cause=redacted(verdict.cause), evidence=evidence, cure=redacted(verdict.cure))


ENDS_ITSELF = "EndsItself"
# What another component has to do with, or what passes. Rights are there once the API server has made its own roles.
_PASSING = re.compile(
    r"context deadline exceeded|context cancell?ed|connection refused|connection reset|broken pipe|\bEOF\b|no route to host"
    r"|no such host|network is unreachable|address already in use|i/o timeout|timed out|timeout|etcdserver: |leader ?election lost"
    r"|error while dialing|failed to acquire lease|transport is closing|is forbidden|unable to handle the request|unavailable"
    r"|could not retrieve cluster information|unauthorized|too many requests|the object has been modified|not ready",
    re.IGNORECASE,
)
# The line by which a component of Kubernetes says why it ends: cobra's, and since 1.22 that of component-base; and Go's own flags.
_LAST_WORDS = re.compile(
    r"^(?:Error: |error: |F\d{4} |panic: |fatal error: |flag provided but not defined|invalid value |.*\"command failed\" err=)"
)
# What is no complaint: klog's information and warnings, and zap's.
_TALK = re.compile(r'[IW]\d{4} |\{"level":"(?:debug|info|warn)"')
# Behind them may come all of the program's help.
_LAST_LINES = 5


def may_pass(line: str) -> bool:
    """Whether a line is of something that another component has to do with, or that passes."""
    return _PASSING.search(line) is not None


def without_prefix(line: str) -> str:
    """What a component has written, of a line of its log.

    A line of the CRI log format is: time, stream, tag, text; one of the Docker engine's is JSON.
    """
    if line.startswith('{"log":'):
        try:
            return str(json.loads(line)["log"]).rstrip("\n")
        except (ValueError, KeyError, TypeError):
            return line
    parts = line.split(" ", 3)
    return parts[3] if len(parts) == 4 and parts[1] in ("stdout", "stderr") else line


def _of_etcd(line: str) -> str | None:
    """Why etcd ends, of a line that says so (zap's JSON)."""
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or said.get("level") not in ("fatal", "panic"):
        return None
    return ": ".join(str(said[key]) for key in ("msg", "error") if said.get(key))


def _last_words(component: str, line: str) -> str | None:
    """Why a component ends, of a line that says so."""
    said = _of_etcd(line) if component == "etcd" else None
    return said or (line.strip() if _LAST_WORDS.match(line) else None)


def judge(component: str, lines: t.Sequence[str], evidence: t.Sequence[str]) -> Verdict | None:
    """Why a component has ended; None where its lines say nothing of it.

    lines: the last that it has written, without prefixes. evidence: what else is known of its end, as lines.
    """
    told = [words for line in reversed(lines) for words in [_last_words(component, line)] if words is not None]
    others = [line.strip() for line in reversed(lines[-_LAST_LINES:]) if not _TALK.match(line)]
    # Beside its own last words another line may be of something else.
    for words, is_its_own in [*((words, True) for words in told), *((words, not told) for words in others)]:
        for rule in RULES:
            match = rule.words.search(words) if rule.only in ("", component) else None
            if match is not None:
                groups = match.groupdict()
                cause, cure = filled(rule.cause, component, groups), filled(rule.cure, component, groups)
                return Verdict(component, rule.fault, cause, [*evidence, words], cure, rule.is_sure and is_its_own)
    if not told:
        return None
    cure = filled("Correct what it names, as in {variable}, and run again.", component, {})
    passes = may_pass(told[0])
    # Nobody knows all that passes: it has to end several times before it is believed.
    return Verdict(component, ENDS_ITSELF, "ends itself", [*evidence, told[0]], cure, is_sure=False, passes=passes)


__all__ = ("ENDS_ITSELF", "Verdict", "judge", "may_pass", "redacted_verdict", "without_prefix")
