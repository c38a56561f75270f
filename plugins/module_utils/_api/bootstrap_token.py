# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Bootstrap tokens: values, Secrets, and the choice of the one that joins nodes."""

from __future__ import annotations

import base64
import datetime
import re
import secrets
import string
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import (
    Client,
    Object,
    collection_path,
)

TOKEN = re.compile(r"\A([a-z0-9]{6})\.([a-z0-9]{16})\Z")
# What kubeadm gives a token of which nothing is said.
USAGES = ("signing", "authentication")
DEFAULT_GROUP = "system:bootstrappers:kubeadm:default-node-token"
SECRET_TYPE = "bootstrap.kubernetes.io/token"
_ALPHABET = string.digits + string.ascii_lowercase
_EXPIRATION_SLACK = 60.0


def generate_token() -> str:
    """A random token: 6 and 16 characters from 0-9a-z, joined by a dot."""
    return (
        "".join(secrets.choice(_ALPHABET) for _index in range(6))
        + "."
        + "".join(secrets.choice(_ALPHABET) for _index in range(16))
    )


def random_token(settings: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """A random token with these settings; see C(token_secret)."""
    return dict(settings, token=generate_token())


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode("utf-8")).decode("ascii")


def _decoded(data: t.Mapping[str, str], key: str) -> str:
    try:
        return base64.b64decode(data.get(key) or "").decode("utf-8")
    except ValueError:
        return ""


def expiration(token: t.Mapping[str, t.Any], now: datetime.datetime) -> str | None:
    """The RFC 3339 time at which a token ends, or None for one that never does."""
    if token.get("expires"):
        return str(token["expires"])
    if not token["lifetime"]:
        return None
    return (now + datetime.timedelta(seconds=token["lifetime"])).strftime("%Y-%m-%dT%H:%M:%SZ")


def token_secret(token: t.Mapping[str, t.Any], now: datetime.datetime) -> Object:
    """The Secret of a token.

    token: C(token), C(description), C(usages), C(groups), and C(expires), a time of RFC 3339, or C(lifetime), in seconds from now,
    where 0 is without end.
    """
    token_id, token_secret_part = token["token"].split(".")
    values = {"token-id": token_id, "token-secret": token_secret_part}
    if token.get("description"):
        values["description"] = token["description"]
    end = expiration(token, now)
    if end:
        values["expiration"] = end
    for usage in token["usages"]:
        values["usage-bootstrap-" + usage] = "true"
    if token.get("groups"):
        values["auth-extra-groups"] = ",".join(token["groups"])
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "bootstrap-token-" + token_id, "namespace": "kube-system"},
        "type": SECRET_TYPE,
        "data": {key: _encoded(value) for key, value in values.items()},
    }


def token_secrets(client: Client) -> list[Object]:
    """The Secrets of all bootstrap tokens of a cluster. Raises ApiError where they may not be read."""
    answer = client.request(
        "GET", collection_path("Secret", "kube-system"), query={"fieldSelector": "type=" + SECRET_TYPE}
    )
    return list(answer.get("items") or [])


def keep_expiration(wanted: Object, live: Object | None) -> Object:
    """The Secret with the end that a live one of the same token has: a lifetime counts from its first creation."""
    if live is None or "expiration" not in wanted["data"] or "expiration" not in (live.get("data") or {}):
        return wanted
    data = dict(wanted["data"], expiration=live["data"]["expiration"])
    return dict(wanted, data=data)


def _ends(data: t.Mapping[str, str]) -> datetime.datetime | None:
    text = _decoded(data, "expiration")
    if not text:
        return None
    never = datetime.datetime.min.replace(tzinfo=datetime.timezone.utc)
    try:
        # Python before 3.11 does not read the Z of RFC 3339.
        found = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return never
    return found if found.tzinfo is not None else never


def _best(
    secrets_found: t.Sequence[Object], now: datetime.datetime, preferred: t.Sequence[str]
) -> tuple[bool, datetime.datetime, str] | None:
    best: tuple[bool, datetime.datetime, str] | None = None
    for secret in secrets_found:
        data = secret.get("data") or {}
        token = "{}.{}".format(_decoded(data, "token-id"), _decoded(data, "token-secret"))
        end = _ends(data) or datetime.datetime.max.replace(tzinfo=datetime.timezone.utc)
        usable = (
            secret.get("type") == SECRET_TYPE
            and TOKEN.match(token) is not None
            and (end - now).total_seconds() > _EXPIRATION_SLACK
            and _decoded(data, "usage-bootstrap-signing") == "true"
            and _decoded(data, "usage-bootstrap-authentication") == "true"
            and DEFAULT_GROUP in _decoded(data, "auth-extra-groups").split(",")
        )
        if usable and (best is None or (token[:6] in preferred, end, token) > best):
            best = (token[:6] in preferred, end, token)
    return best


def usable_token(
    secrets_found: t.Sequence[Object], now: datetime.datetime, preferred: t.Sequence[str] = ()
) -> str | None:
    """A token that is in the cluster and can join nodes, or None.

    preferred: token ids; one of these wins, then the one that lasts longest.
    """
    best = _best(secrets_found, now, preferred)
    return best[2] if best else None


def usable_for(secrets_found: t.Sequence[Object], now: datetime.datetime) -> float:
    """For how many seconds a token that can join nodes still lasts; 0 where there is none."""
    best = _best(secrets_found, now, ())
    return (best[1] - now).total_seconds() if best else 0.0


__all__ = (
    "DEFAULT_GROUP",
    "SECRET_TYPE",
    "TOKEN",
    "USAGES",
    "expiration",
    "generate_token",
    "keep_expiration",
    "random_token",
    "token_secret",
    "token_secrets",
    "usable_for",
    "usable_token",
)
