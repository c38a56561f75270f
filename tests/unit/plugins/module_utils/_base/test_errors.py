# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The text of errors."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import Fault, InvalidInput


def test_all_faults_are_in_one_message_with_path_finding_wish_and_cure() -> None:
    """Breaks when a user has to run once per mistake, or is not told what to do."""
    error = InvalidInput([Fault("a[0].b", "x", "y or z", "Take y."), Fault("c", "1", "2", "Take 2.")])
    assert str(error).splitlines() == [
        "The configuration has 2 faults; nothing was changed.",
        "- a[0].b: found x; allowed: y or z. Take y.",
        "- c: found 1; allowed: 2. Take 2.",
    ]
    assert "1 fault;" in str(InvalidInput([Fault("c", "1", "2", "Take 2.")]))
