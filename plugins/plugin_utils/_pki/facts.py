# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What was read of the certificates, keys and kubeconfigs of a host; see C(_pki.read) of what travels."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.x509 import (
    X509Certificate,
    load_certificate,
)

Raw = t.Mapping[str, t.Any]


class Key(t.NamedTuple):
    """A private key that somebody else holds. public: its public half, PKIX PEM. algorithm: see C(x509.algorithm_of)."""

    public: str
    algorithm: str


class Pair(t.NamedTuple):
    """A certificate with its key; the key is None where it is not there."""

    certificate: X509Certificate
    key: Key | None


class Kubeconfig(t.NamedTuple):
    """A kubeconfig that is there; see C(_pki.read.kubeconfig_facts). ca, client: None where they cannot be read."""

    blank: bool
    problem: str
    server: str = ""
    ca: X509Certificate | None = None
    ca_data: str | None = None
    client: Pair | None = None
    client_problem: str = ""
    refers: str | None = None
    more: bool = False


def key_of(raw: Raw) -> Key:
    """A key from what C(read) returns of it."""
    return Key(str(raw["public"]), str(raw["algorithm"]))


def kubeconfig_of(raw: Raw) -> Kubeconfig:
    """A kubeconfig from what C(kubeconfig_facts) returns of it."""
    if raw["problem"]:
        return Kubeconfig(raw["blank"], raw["problem"])
    client, problem = None, raw["client"].get("problem", "")
    if not problem:
        try:
            client = Pair(load_certificate(raw["client"]["certificate"].encode()), key_of(raw["client"]["key"]))
        except KubewrightError:
            # The host's python3-cryptography takes what the controller's does not.
            problem = "its client certificate or key is unreadable"
    try:
        ca = load_certificate(raw["ca"].encode()) if raw["ca"] is not None else None
    except KubewrightError:
        ca = None
    return Kubeconfig(False, "", raw["server"], ca, raw["ca_data"], client, problem, raw["refers"], raw["more"])


def _is_key(raw: t.Any) -> bool:
    return isinstance(raw, dict) and isinstance(raw.get("public"), str) and isinstance(raw.get("algorithm"), str)


def _is_kubeconfig(raw: t.Any) -> bool:
    if not isinstance(raw, dict) or not isinstance(raw.get("problem"), str) or "blank" not in raw:
        return False
    if raw["problem"]:
        return True
    client = raw.get("client")
    maybe = ("ca", "ca_data", "refers")
    if (
        not isinstance(client, dict)
        or not {"more", *maybe} <= raw.keys()
        or not isinstance(raw.get("server"), str)
        or not all(raw[key] is None or isinstance(raw[key], str) for key in maybe)
    ):
        return False
    return isinstance(client.get("problem"), str) or (
        isinstance(client.get("certificate"), str) and _is_key(client.get("key"))
    )


def _is_file(raw: t.Any) -> bool:
    if raw is None:
        return True
    if not isinstance(raw, dict):
        return False
    return isinstance(raw.get("problem"), str) or (
        isinstance(raw.get("digest"), str) and isinstance(raw.get("mode"), int) and "is_roots" in raw
    )


def _or_problem(check: t.Callable[[t.Any], bool]) -> t.Callable[[t.Any], bool]:
    return lambda raw: check(raw) or (isinstance(raw, dict) and isinstance(raw.get("problem"), str))


_SHAPES: t.Mapping[str, t.Callable[[t.Any], bool]] = {
    "files": _is_file,
    "certificates": _or_problem(lambda raw: isinstance(raw, dict) and isinstance(raw.get("pem"), str)),
    "keys": _or_problem(_is_key),
    "public_keys": _or_problem(lambda raw: isinstance(raw, dict) and isinstance(raw.get("public"), str)),
    "kubeconfigs": _is_kubeconfig,
    "pending": lambda raw: raw is None or _is_key(raw),
}


def facts_of(raw: t.Any) -> Facts:
    """The facts that a host has returned. Raises KubewrightError where they have another shape."""
    try:
        shaped = all(
            isinstance(raw[kind], dict)
            and all(isinstance(path, str) and check(item) for path, item in raw[kind].items())
            for kind, check in _SHAPES.items()
        )
        facts = Facts(raw)
        if shaped and facts.now.tzinfo is not None:
            return facts
    except (KeyError, TypeError, ValueError):
        pass
    raise KubewrightError(
        "what the host was read to have is not what kubewright.control_plane.host_read returns. Run again."
    )


def answered(raw: t.Any, asked: t.Mapping[str, t.Sequence[str]]) -> Facts:
    """The facts that a host has returned for what was asked; see C(question).

    Raises KubewrightError where it cannot read certificates, or has answered something else.
    """
    if isinstance(raw, dict) and raw.get("error"):
        raise KubewrightError(str(raw["error"]))
    facts = facts_of(raw)
    if not facts.answers(asked):
        raise KubewrightError("the host has not answered all that it was asked. Run again.")
    return facts


def holds(raw: t.Any, asked: t.Mapping[str, t.Sequence[str]]) -> bool:
    """Whether what was read before holds all that is asked; why it could not be read counts as well.

    Raises KubewrightError where it has another shape than that.
    """
    if raw is None:
        return False
    return bool(isinstance(raw, dict) and raw.get("error")) or facts_of(raw).answers(asked)


class Facts:
    """What was read. Each look-up returns what is there, or None, and what is wrong with it (with its path), or an empty text."""

    def __init__(self, raw: Raw) -> None:
        """raw: what C(_pki.read.read) returned."""
        self._raw = raw
        self.now = datetime.datetime.fromisoformat(raw["now"])

    def answers(self, asked: t.Mapping[str, t.Sequence[str]]) -> bool:
        """Whether all was read that is asked for; see C(question)."""
        return all(path in self._raw["files"] for paths in asked.values() for path in paths)

    def exists(self, path: str) -> bool:
        """Whether there is something at a path."""
        return self._raw["files"][path] is not None

    def present(self) -> frozenset[str]:
        """The paths of all that was read and is there."""
        return frozenset(path for path, found in self._raw["files"].items() if found is not None)

    def problem(self, path: str) -> str:
        """Why a file could not be read at all, or an empty text."""
        state = self._raw["files"][path]
        return state.get("problem", "") if state else ""

    def digest(self, path: str) -> str | None:
        """The SHA-256 of a file, or None where it is absent or cannot be read."""
        state = self._raw["files"][path]
        return state.get("digest") if state else None

    def is_loose(self, path: str, mode: int) -> bool:
        """Whether a file grants more than a mode does, or is not root's."""
        state = self._raw["files"][path]
        return bool(state) and "problem" not in state and (bool(state["mode"] & ~mode) or not state["is_roots"])

    def certificate(self, path: str) -> tuple[X509Certificate | None, str]:
        """The first certificate of a file."""
        raw, problem = self._look_up("certificates", path)
        if raw is None:
            return None, problem
        try:
            return load_certificate(raw["pem"].encode()), ""
        except KubewrightError as error:
            return None, f"{path} {error}"

    def key(self, path: str) -> tuple[Key | None, str]:
        """The private key of a file."""
        raw, problem = self._look_up("keys", path)
        return (key_of(raw) if raw is not None else None), problem

    def public_key(self, path: str) -> tuple[str | None, str]:
        """The public key (PKIX PEM) of a file."""
        raw, problem = self._look_up("public_keys", path)
        return (str(raw["public"]) if raw is not None else None), problem

    def kubeconfig(self, path: str) -> tuple[Kubeconfig | None, str]:
        """The kubeconfig of a file. One that is none has a problem of its own."""
        raw = self._raw["kubeconfigs"].get(path)
        if raw is None:
            return None, self.problem(path)
        return kubeconfig_of(raw), ""

    def pending(self) -> dict[str, Key | None]:
        """The keys that wait for certificates, by the names of their requests; None for one that is damaged."""
        return {name: key_of(raw) if raw is not None else None for name, raw in self._raw["pending"].items()}

    def _look_up(self, kind: str, path: str) -> tuple[Raw | None, str]:
        raw = self._raw[kind].get(path)
        if raw is None:
            return None, self.problem(path)
        return (None, raw["problem"]) if "problem" in raw else (raw, "")


__all__ = ("Facts", "Key", "Kubeconfig", "Pair", "Raw", "answered", "facts_of", "holds", "key_of", "kubeconfig_of")
