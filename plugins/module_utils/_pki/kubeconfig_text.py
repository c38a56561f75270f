# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The text of kubeconfig files: writing and reading it, without cryptography."""

from __future__ import annotations

import base64
import json
import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.yaml_reader import Unreadable, read_yaml

KUBECONFIG_MODE = 0o600


class Contents(t.NamedTuple):
    """What a kubeconfig's current context holds. The user's fields are base64 data or file paths."""

    server: str
    ca_data: str | None
    user: dict[str, t.Any]


# Plain text that no version of YAML takes for anything but a string.
_PLAIN = re.compile(r"[A-Za-z/](?:[][A-Za-z0-9@/._=+-]|:(?!$))*\Z")
_NOT_ASCII = re.compile(r"[^\x20-\x7e]")
_WORDS = ("y", "n", "yes", "no", "on", "off", "true", "false", "null")


def _escaped(match: re.Match[str]) -> str:
    number = ord(match.group())
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _quoted(text: str) -> str:
    if _PLAIN.match(text) and text.lower() not in _WORDS:
        return text
    # JSON strings are YAML strings (YAML 1.2, 1.3) but for the characters that JSON writes as pairs.
    return _NOT_ASCII.sub(_escaped, json.dumps(text, ensure_ascii=False))


def base64_text(data: bytes) -> str:
    """Base64 on one line, as kubeconfigs carry it."""
    return base64.b64encode(data).decode("ascii")


def _preferences(written: bool) -> str:
    return "preferences: {}\n" if written else ""


def kubeconfig_text(
    cluster: str, user: str, server: str, ca_pem: bytes, credentials: t.Mapping[str, str], *, preferences: bool
) -> str:
    """The text of a kubeconfig with one cluster, one user and one context.

    credentials: the user's fields. preferences: whether the minor writes that there are none.
    """
    fields = "".join(f"    {key}: {_quoted(credentials[key])}\n" for key in sorted(credentials))
    return (
        "apiVersion: v1\n"
        "clusters:\n"
        "- cluster:\n"
        "    certificate-authority-data: {ca}\n"
        "    server: {server}\n"
        "  name: {cluster}\n"
        "contexts:\n"
        "- context:\n"
        "    cluster: {cluster}\n"
        "    user: {user}\n"
        "  name: {context}\n"
        "current-context: {context}\n"
        "kind: Config\n"
        "{preferences}"
        "users:\n"
        "- name: {user}\n"
        "  user:\n"
        "{fields}"
    ).format(
        ca=base64_text(ca_pem),
        server=_quoted(server),
        cluster=_quoted(cluster),
        user=_quoted(user),
        context=_quoted(f"{user}@{cluster}"),
        preferences=_preferences(preferences),
        fields=fields,
    )


def cluster_info_text(server: str, ca_pem: bytes, empty_list: str, *, preferences: bool) -> str:
    """The kubeconfig inside the ConfigMap cluster-info: a cluster without name, no user.

    empty_list: how the minor writes that there is none. preferences: whether it writes that there are no preferences.
    """
    return (
        "apiVersion: v1\n"
        "clusters:\n"
        "- cluster:\n"
        f"    certificate-authority-data: {base64_text(ca_pem)}\n"
        f"    server: {_quoted(server)}\n"
        '  name: ""\n'
        f"contexts: {empty_list}\n"
        'current-context: ""\n'
        "kind: Config\n"
        f"{_preferences(preferences)}"
        f"users: {empty_list}\n"
    )


def decode_data(text: str | None) -> bytes | None:
    """The bytes of a kubeconfig's base64 field, or None where it is absent or not base64."""
    try:
        # In a damaged file it may be anything that YAML knows.
        return base64.b64decode(text, validate=True) if text and isinstance(text, str) else None
    except ValueError:
        return None


def read_kubeconfig(text: str) -> Contents:
    """The cluster and user of the current context. Raises KubewrightError where they cannot be read."""
    try:
        document = read_yaml(text)
        current = document["current-context"]
        context = next(item["context"] for item in document["contexts"] if item["name"] == current)
        cluster = next(item["cluster"] for item in document["clusters"] if item["name"] == context["cluster"])
        user = next(item["user"] for item in document["users"] if item["name"] == context["user"])
        return Contents(str(cluster["server"]), cluster.get("certificate-authority-data"), dict(user))
    except (Unreadable, KeyError, TypeError, StopIteration, AttributeError, ValueError):
        raise KubewrightError("is not a kubeconfig with a usable current context") from None


def holds_more(text: str) -> bool:
    """Whether a kubeconfig has more than one cluster, user or context. Raises KubewrightError for what is no kubeconfig."""
    read_kubeconfig(text)
    document = read_yaml(text)
    return any(len(document[key]) > 1 for key in ("clusters", "users", "contexts"))


__all__ = (
    "KUBECONFIG_MODE",
    "Contents",
    "base64_text",
    "cluster_info_text",
    "decode_data",
    "holds_more",
    "kubeconfig_text",
    "read_kubeconfig",
)
