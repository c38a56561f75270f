# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The end of what has no time limit of its own."""

from __future__ import annotations

import threading

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.patience import within


def test_patience_has_an_end() -> None:
    """Breaks when a name server that does not answer holds up the whole run."""
    assert within(0.05, threading.Event().wait, otherwise=False) is False
    assert within(5, lambda: True, otherwise=False) is True
