# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The bootstrap tokens that a cluster has."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.bootstrap_token import SECRET_TYPE
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import (
    Client,
    Object,
    collection_path,
)


def token_secrets(client: Client) -> list[Object]:
    """The Secrets of all bootstrap tokens. Raises ApiError where they may not be read."""
    answer = client.request(
        "GET", collection_path("Secret", "kube-system"), query={"fieldSelector": "type=" + SECRET_TYPE}
    )
    return list(answer.get("items") or [])


__all__ = ("token_secrets",)
