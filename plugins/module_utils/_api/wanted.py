# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Objects that are wanted, as plain data: with their manifest, or with what it is made of on the host.

An item has one of these: C(manifest); C(token), a bootstrap token as C(bootstrap_token.token_secret) takes it, or the settings of a
random one; C(cluster_info), the arguments of the function of that name, with C(ca), the path of the CA's certificate, in place of the CA.
C(policy) says how it is applied; see C(apply.look).
"""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._api import bootstrap_token
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import Client, Object
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig_text import cluster_info_text

Item = t.Mapping[str, t.Any]
ReadFile = t.Callable[[str], t.Optional[bytes]]

# The options of an item.
ITEM_SPEC: dict[str, t.Any] = {
    "policy": {"type": "str", "choices": ["replace", "keep_replicas", "merge", "create", "node"]},
    "manifest": {"type": "dict"},
    "token": {
        "type": "dict",
        # Only the token in it is secret: every text of a secret option is blotted out of the whole result.
        "no_log": False,
        "options": {
            "token": {"type": "str", "no_log": True},
            "description": {"type": "str"},
            "lifetime": {"type": "float"},
            "expires": {"type": "str"},
            "usages": {"type": "list", "elements": "str"},
            "groups": {"type": "list", "elements": "str"},
        },
    },
    "cluster_info": {
        "type": "dict",
        "options": {
            "ca": {"type": "path", "required": True},
            "endpoint": {"type": "str", "required": True},
            "empty_list": {"type": "str", "required": True},
            "preferences": {"type": "bool", "required": True},
        },
    },
}


class Sources(t.NamedTuple):
    """What manifests are made of on the host. tokens: the Secrets of the cluster's tokens. read: a file, or None where it is absent."""

    tokens: list[Object]
    now: datetime.datetime
    read: ReadFile


def sources(client: Client | None, items: t.Iterable[Item], now: datetime.datetime, read: ReadFile) -> Sources:
    """Asks for the tokens where there are any among the items. client: None where no server answers. Raises ApiError."""
    asked = client is not None and any(item.get("token") is not None for item in items)
    return Sources(bootstrap_token.token_secrets(t.cast(Client, client)) if asked else [], now, read)


def check_files(items: t.Iterable[Item], read: ReadFile) -> None:
    """Raises KubewrightError where a file that a manifest is made of is absent."""
    for item in items:
        if item.get("cluster_info") is not None and read(item["cluster_info"]["ca"]) is None:
            raise KubewrightError("{} is not there: run the certs phase first.".format(item["cluster_info"]["ca"]))


def cluster_info(endpoint: str, ca_pem: bytes, *, empty_list: str, preferences: bool) -> Object:
    """The ConfigMap by which joining nodes find the cluster.

    endpoint: the URL of the control plane. ca_pem: empty where there is no CA yet. empty_list, preferences: how its kubeconfig
    writes empty fields; see C(cluster_info_text).
    """
    text = cluster_info_text(endpoint, ca_pem, empty_list, preferences=preferences)
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "cluster-info", "namespace": "kube-public"},
        "data": {"kubeconfig": text},
    }


def manifest(item: Item, of: Sources) -> Object | None:
    """The object of an item; None where the cluster does not need it: a random token where one is there that can join nodes."""
    if item.get("manifest") is not None:
        return t.cast(Object, item["manifest"])
    if item.get("token") is not None:
        return _token({key: value for key, value in item["token"].items() if value is not None}, of)
    settings = dict(item["cluster_info"])
    return cluster_info(ca_pem=of.read(settings.pop("ca")) or b"", **settings)


def _token(declared: dict[str, t.Any], of: Sources) -> Object | None:
    if "token" not in declared:
        if bootstrap_token.usable_token(of.tokens, of.now) is not None:
            return None
        return bootstrap_token.token_secret(bootstrap_token.random_token(declared), of.now)
    secret = bootstrap_token.token_secret(declared, of.now)
    if declared.get("expires"):
        return secret
    live = {found["metadata"]["name"]: found for found in of.tokens}
    return bootstrap_token.keep_expiration(secret, live.get(secret["metadata"]["name"]))


__all__ = ("ITEM_SPEC", "Item", "ReadFile", "Sources", "check_files", "cluster_info", "manifest", "sources")
