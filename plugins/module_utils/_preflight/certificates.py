# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The certificates, keys and kubeconfigs of a host."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost


def gather(host: InspectedHost, question: t.Mapping[str, t.Any]) -> dict[str, t.Any] | None:
    """What C(_pki.read.read) returns; None on a blank host.

    question: C(folder), that of the certificates, and C(files), by what they hold; see C(_pki.read.read).
    """
    if not host.exists(question["folder"]):
        return None
    # Only here: it takes its time, and a blank host has no use for it.
    from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.read import read

    return read(host, question["files"], datetime.datetime.now(datetime.timezone.utc))


__all__ = ("gather",)
