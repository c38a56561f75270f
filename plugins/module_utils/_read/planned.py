# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Reads what the planned phases have to know of a host: files, credentials, the kubelet and objects of the API."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.admin import API_SPEC, admin_client
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.read import read_objects
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.wanted import ITEM_SPEC
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.read import Facts, read
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import without_cryptography

# What there is to read, as the controller says; options of a module.
PLANNED_SPEC: dict[str, t.Any] = {
    "paths": {"type": "list", "elements": "path", "default": []},
    "credentials": {"type": "dict"},
    "kubelet": {"type": "bool", "default": False},
    "objects": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": dict(ITEM_SPEC, mark={"type": "str", "required": True}),
    },
    "api": API_SPEC,
}


def _credentials(host: Host, asked: t.Mapping[str, t.Sequence[str]], now: datetime.datetime) -> Facts:
    # cryptography takes longer to import than most is read, and not every read has to do with certificates.
    from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.read import read as read_credentials
    from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.x509 import CRYPTOGRAPHY_ERROR

    if CRYPTOGRAPHY_ERROR is not None:
        # Not every phase of the read has to do with certificates: the one that has says what is wrong.
        return {"error": without_cryptography(CRYPTOGRAPHY_ERROR)}
    return read_credentials(host, asked, now)


def planned_facts(host: Host, asked: t.Mapping[str, t.Any]) -> Facts:
    """The facts by kind; only those that are asked for. Raises KubewrightError for what cannot be read.

    asked: see C(PLANNED_SPEC). What is returned is fit to be shown.
    """
    facts = read(host, asked["paths"], asked["kubelet"])
    now = datetime.datetime.now(datetime.timezone.utc)
    if asked["objects"]:
        if asked["api"] is None:
            raise KubewrightError("api is needed to look at objects")
        facts["api"] = read_objects(
            lambda: admin_client(asked["api"], waits=False), asked["objects"], now, host.content
        )
    if asked["credentials"] is not None:
        facts["credentials"] = _credentials(host, asked["credentials"], now)
    return facts


__all__ = ("PLANNED_SPEC", "planned_facts")
