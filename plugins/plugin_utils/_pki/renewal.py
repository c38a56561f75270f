# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""When leaves are issued anew before their end."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import Certificate


class Renewal(t.NamedTuple):
    """now: the moment by which all is judged. before_seconds: a leaf that ends within it is due; 0 renews only what has ended.

    everything: whether all leaves are renewed, due or not.
    """

    now: datetime.datetime
    before_seconds: float
    everything: bool = False

    def due_at(self, wanted: Certificate) -> datetime.datetime:
        """A leaf that ends before this is due; one with a validity of its own not before its last third."""
        before = self.before_seconds
        if wanted.validity_seconds is not None:
            before = min(before, wanted.validity_seconds / 3)
        return self.now + datetime.timedelta(seconds=before)


__all__ = ("Renewal",)
