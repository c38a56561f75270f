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


class Verdict(t.NamedTuple):
    """cause: a sentence. evidence: what shows it, as lines. cure: what to do.

    is_sure: whether waiting longer cannot help. passes: whether the cause may lie in another component, and pass with that.
    """

    component: str
    cause: str
    evidence: t.Sequence[str]
    cure: str
    is_sure: bool = True
    passes: bool = False

    def text(self) -> str:
        """For people."""
        return "\n".join([f"{self.component} {self.cause}.", *(f"  {line}" for line in self.evidence), self.cure])


_VARIABLES = {
    "kubelet": "kubewright_kubelet_extra_args or kubewright_kubelet_configuration",
    "etcd": "kubewright_etcd_extra_args",
    "kube-apiserver": "kubewright_apiserver_extra_args",
    "kube-controller-manager": "kubewright_controller_manager_extra_args",
    "kube-scheduler": "kubewright_scheduler_extra_args",
}
# Of etcd there are no volumes but its own.
_VOLUMES = {
    "kube-apiserver": "kubewright_apiserver_extra_volumes",
    "kube-controller-manager": "kubewright_controller_manager_extra_volumes",
    "kube-scheduler": "kubewright_scheduler_extra_volumes",
}


class _Rule(t.NamedTuple):
    """words: what is looked for in a line. cause, cure: with C({component}), C({variable}), C({volumes}) and the groups of words.

    is_sure: see C(Verdict).
    """

    words: re.Pattern[str]
    cause: str
    cure: str
    is_sure: bool


def _rule(words: str, cause: str, cure: str, is_sure: bool = True) -> _Rule:
    return _Rule(re.compile(words), cause, cure, is_sure)


_IN_CONTAINER = " (as it is seen inside its container)"
_IN_ARGUMENTS = "Correct or remove it in {variable} (or kubeadm's extraArgs) and run again."

# The first that fits counts: what is special comes first.
_RULES = (
    _rule(
        r"unrecognized feature gate: (?P<gate>\w+)",
        "does not know the feature gate {gate}",
        "Remove it from kubewright_feature_gates or from feature-gates in {variable}, and run again.",
    ),
    _rule(
        r"cannot set feature gate (?P<gate>\w+) to \w+, feature is locked",
        "does not let anybody set the feature gate {gate} in this version",
        "Remove it from kubewright_feature_gates or from feature-gates in {variable}, and run again.",
    ),
    _rule(
        r"unknown (?:shorthand )?flag: (?:'\w+' in )?(?P<flag>--?[\w.-]+)",
        "does not know the flag {flag} in this version",
        _IN_ARGUMENTS,
    ),
    _rule(
        r"flag provided but not defined: (?P<flag>-[\w.-]+)",
        "does not know the flag -{flag} in this version",
        _IN_ARGUMENTS,
    ),
    _rule(
        r'invalid argument (?P<value>\\?".*?\\?") for \\?"(?:-\w, )?(?P<flag>--[\w.-]+)\\?" flag',
        "does not take the value {value} of the flag {flag}",
        _IN_ARGUMENTS,
    ),
    _rule(
        r'invalid value (?P<value>\\?".*?\\?") for flag (?P<flag>-[\w.-]+)',
        "does not take the value {value} of the flag -{flag}",
        _IN_ARGUMENTS,
    ),
    _rule(
        r"(?:x509: |tls: )?private key does not match public key",
        "has a certificate and a key that do not belong together",
        "Run again with the phases certs and kubeconfig, or correct the files that its flags name.",
        # It may have looked in between, while the one was written and the other one was not.
        is_sure=False,
    ),
    _rule(
        r"(?:open|stat|read|lstat) (?P<path>/[^\s:\"]+): no such file or directory",
        "finds no file {path}" + _IN_CONTAINER,
        "Put it there, and let the pod see it by {volumes}, or correct the flag that names it in {variable}.",
    ),
    _rule(
        r"(?:open|stat|read|lstat) (?P<path>/[^\s:\"]+): permission denied",
        "may not read {path}",
        "Correct its owner and mode and run again.",
    ),
    _rule(
        r"bind: cannot assign requested address",
        "listens at an address that this host does not have",
        "Correct kubewright_advertise_address or the address in {variable} and run again.",
        # A virtual address may still come.
        is_sure=False,
    ),
    _rule(
        r"no space left on device",
        "finds no space left on a file system",
        "Free space (df -h, df -i) and run again.",
    ),
    _rule(
        r"exec: (?P<path>\\?\".+?\\?\"|\S+): (?:executable file not found|stat .*?no such file or directory|no such file)",
        "cannot be started: the image has no program {path}",
        "Correct the image (kubewright_image_repository, kubewright_kubernetes_version) or the patch of its command, and run again.",
    ),
)

# What another component has to do with, or what passes. Rights are there once the API server has made its own roles.
_PASSING = re.compile(
    r"context deadline exceeded|context canceled|connection refused|connection reset|broken pipe|\bEOF\b|no route to host"
    r"|no such host|network is unreachable|address already in use|i/o timeout|timed out|timeout|etcdserver: |leader ?election lost"
    r"|error while dialing|failed to acquire lease|transport is closing|is forbidden|unable to handle the request|unavailable"
    r"|could not retrieve cluster information|unauthorized|too many requests|the object has been modified|not ready",
    re.IGNORECASE,
)
# The line by which a component of Kubernetes says why it ends: cobra's, and since 1.22 that of component-base; and Go's own flags.
_LAST_WORDS = re.compile(
    r"^(?:Error: |error: |F\d{4} |panic: |fatal error: |flag provided but not defined|invalid value |.*\"command failed\" err=)"
)
# Behind them may come all of the program's help.
_LAST_LINES = 5


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


def _filled(text: str, component: str, groups: t.Mapping[str, str | None]) -> str:
    known = {name: (value or "").replace("\\", "") for name, value in groups.items()}
    variable = _VARIABLES.get(component, "its flags")
    if component not in _VOLUMES:
        # Its files are the host's own, or it has no volumes but its own.
        text = text.replace(_IN_CONTAINER, "").replace(", and let the pod see it by {volumes},", "")
    return text.format(component=component, variable=variable, volumes=_VOLUMES.get(component, ""), **known)


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
    for words in [*told, *(line.strip() for line in reversed(lines[-_LAST_LINES:]))]:
        for rule in _RULES:
            match = rule.words.search(words)
            if match is not None:
                groups = match.groupdict()
                cause, cure = _filled(rule.cause, component, groups), _filled(rule.cure, component, groups)
                return Verdict(component, cause, [*evidence, words], cure, rule.is_sure)
    if not told:
        return None
    cure = _filled("Correct what it names, as in {variable}, and run again.", component, {})
    passes = _PASSING.search(told[0]) is not None
    # Nobody knows all that passes: it has to end several times before it is believed.
    return Verdict(component, "ends itself", [*evidence, told[0]], cure, is_sure=False, passes=passes)


__all__ = ("Verdict", "judge", "without_prefix")
