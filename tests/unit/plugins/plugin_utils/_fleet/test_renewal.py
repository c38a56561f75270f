# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the renewal of a host ended."""

from __future__ import annotations

import typing as t

import pytest
from renewal_results import CERTS, CONFIG, FAILED, GONE, RESTART, SKIPPED, WAIT, registered

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.renewal import (
    NOT_BEGUN,
    ONLY_WITH_E,
    Renewal,
    not_begun,
    renewal_of,
)

RENEWED, RESTARTED = CERTS["reasons"], RESTART["restarted"]


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([], None),
        ([CONFIG, CERTS, RESTART, WAIT], Renewal(RENEWED, RESTARTED, WAIT["served"], "")),
        ([CONFIG, CERTS, RESTART, WAIT, SKIPPED], Renewal(RENEWED, RESTARTED, WAIT["served"], "")),
        ([CONFIG, CERTS, RESTART, WAIT, FAILED], Renewal(RENEWED, RESTARTED, WAIT["served"], "certs: no")),
        ([CONFIG, CERTS, RESTART, WAIT, GONE], Renewal(RENEWED, RESTARTED, WAIT["served"], "timed out")),
        ([GONE], Renewal({}, {}, {}, "timed out")),
        ([FAILED, SKIPPED, SKIPPED, SKIPPED], Renewal({}, {}, {}, "certs: no")),
        ([CONFIG, SKIPPED, SKIPPED, SKIPPED], Renewal({}, {}, {}, NOT_BEGUN)),
        ([CONFIG, GONE], Renewal({}, {}, {}, "timed out")),
        ([CONFIG, dict(CERTS, **FAILED), SKIPPED, SKIPPED], Renewal(RENEWED, {}, {}, "certs: no")),
        ([CONFIG, CERTS, FAILED, SKIPPED], Renewal(RENEWED, {}, {}, "certs: no")),
        ([CONFIG, CERTS, RESTART, FAILED], Renewal(RENEWED, RESTARTED, {}, "certs: no")),
        ([CONFIG, CERTS, RESTART, GONE], Renewal(RENEWED, RESTARTED, {}, "timed out")),
    ],
)
def test_how_it_ended(results: list[dict[str, t.Any]], expected: Renewal | None) -> None:
    """Breaks when a host that did not come back counts as renewed, or what was done to it before is not told."""
    assert renewal_of(registered(*results)) == expected


def test_a_key_that_waits_for_its_certificate() -> None:
    """Breaks when a host whose requests wait for signatures is said to have renewed files and not to have come back."""
    waiting = {"failed": True, "msg": "certs: no", "reasons": {"/etc/kubernetes/.pending/apiserver.key": "ends soon"}}
    assert renewal_of(registered(CONFIG, waiting, SKIPPED, SKIPPED)) == Renewal({}, {}, {}, "certs: no")


def test_check_mode_only_plans() -> None:
    """Breaks when the report tells what a run would do as if it were done."""
    assert renewal_of(registered(CONFIG, CERTS, RESTART, {"seconds": 0.0}), check_mode=True) == Renewal(
        RENEWED, RESTARTED, {}, "", planned=True
    )


@pytest.mark.parametrize(
    ("renew", "expected"),
    [(None, None), ("due", Renewal({}, {}, {}, ONLY_WITH_E)), ("all", Renewal({}, {}, {}, ONLY_WITH_E))],
)
def test_a_wish_in_the_inventory(renew: str | None, expected: Renewal | None) -> None:
    """Breaks when kubewright_renew in an inventory does nothing and nobody is told, or every report fails."""
    assert not_begun({"resolved": {"certRenew": renew}}) == expected
