# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The credentials of registries that C(docker login) has stored, in the form in which the Docker engine takes them."""

from __future__ import annotations

import base64
import json
import typing as t

_DOCKER_HUB = ("docker.io", "index.docker.io", "registry-1.docker.io")


def _host(server: str) -> str:
    """The registry of an entry, which may be written as a URL."""
    host = server.split("://", 1)[-1].split("/", 1)[0]
    return _DOCKER_HUB[0] if host in _DOCKER_HUB else host


def _credentials(server: str, entry: t.Mapping[str, t.Any]) -> dict[str, str]:
    found = {"serveraddress": server}
    if entry.get("identitytoken"):
        return dict(found, identitytoken=str(entry["identitytoken"]))
    user, _colon, password = base64.b64decode(entry.get("auth") or "").decode("utf-8").partition(":")
    return dict(found, username=user, password=password) if user else {}


def registry_header(image: str, config: str | None) -> str:
    """The value of C(X-Registry-Auth) for the registry of an image, by its full name; empty where none is stored.

    config: the text of Docker's config.json, or None. What a credential helper keeps is not in it.
    """
    registry = _host(image)
    try:
        for server, entry in json.loads(config or "{}").get("auths", {}).items():
            if _host(server) == registry:
                found = json.dumps(_credentials(server, entry)).encode("utf-8")
                return base64.urlsafe_b64encode(found).decode("ascii")
    except (ValueError, AttributeError, TypeError):
        # A file that Docker's client could not read either. Its content must not get into a message.
        pass
    return ""


__all__ = ("registry_header",)
