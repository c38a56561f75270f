# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ClockSkew: what two clocks can say of each other."""

from __future__ import annotations

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils import _clock as clock
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._clock import Offset


@pytest.mark.parametrize(
    ("read", "passed", "text"),
    [
        (100.0, True, "with the controller's clock"),
        (102.0, True, "with"),
        (103.0, True, "with"),
        (103.1, False, "1.1 s ahead of the controller's clock"),
        (98.9, False, "1.1 s behind the controller's clock"),
        (-260.0, False, "360.0 s behind"),
    ],
)
def test_against_the_controller(read: float, passed: bool, text: str) -> None:
    """Breaks when the time that the call itself takes counts as skew, or a real one is not seen. Read between 100 and 102 s."""
    check = clock.check(clock.offset(read, 100.0, 102.0))
    assert (check.name, check.severity, check.passed) == ("ClockSkew", "warning", passed)
    assert check.found.startswith(text)


@pytest.mark.parametrize(
    ("one", "other", "seconds"),
    [
        (Offset(0, 1), Offset(0.5, 2), 0.0),
        (Offset(5, 6), Offset(0, 1), 4.0),
        (Offset(0, 1), Offset(5, 6), -4.0),
        (Offset(0, 1), Offset(1, 2), 0.0),
    ],
)
def test_apart(one: Offset, other: Offset, seconds: float) -> None:
    """Breaks when two clocks that may agree are said not to."""
    assert clock.apart(one, other) == seconds


def test_between_hosts() -> None:
    """Breaks when a host's clock differs from another host's but both are near the controller's."""
    others = {"b": Offset(-0.9, -0.7), "c": Offset(0.5, 0.9)}
    check = clock.check_between(Offset(0.8, 0.9), others)
    assert check is not None
    assert check.found == "1.5 s ahead of b"
    assert clock.check_between(Offset(0.0, 0.1), others) is None
