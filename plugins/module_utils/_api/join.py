# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What a node needs to join: a token, and the digest of the CA by which it knows the cluster."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.bootstrap_token import (
    token_secrets,
    usable_token,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import Client
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509

# By what a token and a CA are found, as the controller says; options of a module.
JOIN_SPEC: dict[str, t.Any] = {
    "ca": {"type": "path"},
    # Not the whole tokens: what comes in as a secret is blotted out of the result, which is the point of it.
    "preferred_token_ids": {"type": "list", "elements": "str", "default": [], "no_log": False},
    "withhold_token": {"type": "bool", "default": False},
}


def join_facts(
    client: Client | None, ca: bytes | None, now: datetime.datetime, asked: t.Mapping[str, t.Any]
) -> dict[str, t.Any]:
    """answers: whether there is an API server. token_id, token: of one that can join nodes, None where there is none. ca_hash: of the CA,
    None without one.

    client: None without an API server. ca: PEM. asked: see C(JOIN_SPEC); a token that is withheld is None. Raises KubewrightError where
    the API server cannot be asked or the CA cannot be read.
    """
    preferred = asked["preferred_token_ids"]
    token = usable_token(token_secrets(client), now, preferred) if client is not None else None
    return {
        "answers": client is not None,
        "token_id": token.partition(".")[0] if token is not None else None,
        "token": None if asked["withhold_token"] else token,
        "ca_hash": _x509.ca_certificate_hash(_x509.load_certificate(ca)) if ca is not None else None,
    }


__all__ = ("JOIN_SPEC", "join_facts")
