# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The way to the API server of a host, with the credentials that lie on it."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import (
    AdminClient,
    ApiError,
    Client,
    Unreachable,
    is_reached,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError

# In seconds. The host's own server takes a connection at once.
_CONNECTING = 2.0

# Of an option; see C(admin_client).
API_SPEC: dict[str, t.Any] = {
    "type": "dict",
    "options": {"server": {"type": "str", "required": True}, "timeout": {"type": "float", "required": True}},
}


def admin_client(api: t.Mapping[str, t.Any], waits: bool) -> Client | None:
    """The client. Without waiting, None where there is no API server to ask; else Unreachable is raised.

    api: C(server), the URL of the host's own API server, and C(timeout), for how many seconds it may be away.
    """
    # An address that is assumed may be another host's, behind which packets vanish.
    if not waits and not is_reached(api["server"], _CONNECTING):
        return None
    try:
        client = AdminClient(api["server"], api["timeout"] if waits else 0.0)
    except KubewrightError:
        # An earlier phase of the real run makes a kubeconfig anew that is damaged.
        if not waits:
            return None
        raise
    try:
        client.request("GET", "/version")
    except Unreachable:
        if not waits:
            return None
        raise
    except ApiError as error:
        # Credentials that an earlier phase of the real run renews.
        if not waits and error.status in (401, 403):
            return None
        raise
    return client


__all__ = ("API_SPEC", "admin_client")
