# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What a component says of itself where it is asked on its own host."""

from __future__ import annotations

import http.client
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.exchange import failure, get
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.tls import unverified

# Seconds for an answer, and bytes of it.
ANSWER = 5.0
LARGEST = 2**20


class Health(t.NamedTuple):
    """What a component says of itself. status: of HTTP, or 0 where nobody answers. text: what it said, or why it does not."""

    status: int
    text: str

    @property
    def healthy(self) -> bool:
        """Whether it is well."""
        return self.status == 200


def ask(url: str) -> Health:
    """What is behind a URL of the host, whatever its certificate; past all proxies."""
    try:
        answer = get(url, ANSWER, unverified(), LARGEST)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Health(0, failure(error))
    return Health(answer.status, answer.body.decode("utf-8", "replace"))


__all__ = ("ANSWER", "LARGEST", "Health", "ask")
