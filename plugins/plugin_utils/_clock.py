# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""ClockSkew: the clocks of the hosts of a cluster, by the controller's clock."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import WARNING, Check
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._some import some

NAME = "ClockSkew"
# etcd warns of its peers from one second on; certificates and tokens bear a little more.
LARGEST_SECONDS = 1.0
WANTED = f"at most {LARGEST_SECONDS:g} s"
CURE = "Let all hosts and the controller follow one time source: systemctl enable --now chronyd or systemd-timesyncd."


class Offset(t.NamedTuple):
    """By how many seconds a clock is ahead of the controller's: at least and at most."""

    least: float
    most: float


def offset(clock: float, before: float, after: float) -> Offset:
    """The offset of a clock that was read at some moment between two readings of the controller's clock."""
    return Offset(clock - after, clock - before)


def apart(one: Offset, other: Offset) -> float:
    """By how many seconds one clock is ahead of another for certain; negative where it is behind, 0 where they may agree."""
    if one.least > other.most:
        return one.least - other.most
    return min(0.0, one.most - other.least)


def _description(seconds: float) -> str:
    return "{:.1f} s {}".format(abs(seconds), "ahead of" if seconds > 0 else "behind")


def check(found: Offset) -> Check:
    """The host's clock against the controller's."""
    skew = apart(found, Offset(0.0, 0.0))
    passed = abs(skew) <= LARGEST_SECONDS
    text = "with the controller's clock" if passed else _description(skew) + " the controller's clock"
    return Check(NAME, WARNING, passed, text, WANTED, CURE)


def check_between(found: Offset, others: t.Mapping[str, Offset]) -> Check | None:
    """A host's clock against those of the other hosts of its cluster; None where all may agree."""
    skews = {name: apart(found, other) for name, other in others.items()}
    far = [f"{_description(skew)} {name}" for name, skew in sorted(skews.items()) if abs(skew) > LARGEST_SECONDS]
    return Check(NAME, WARNING, False, some(far), WANTED, CURE) if far else None


__all__ = ("CURE", "LARGEST_SECONDS", "NAME", "Offset", "apart", "check", "check_between", "offset")
