# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rows of a plan as lines."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.lines import count, row_lines

FIELD = {"name": "--v", "before": "1", "after": "2"}
ROWS: list[dict[str, t.Any]] = [
    {"artefact": "/etc/a.yaml", "action": "change", "reason": "it differs", "fields": [FIELD]},
    {"artefact": "etcd", "action": "restart", "reason": "its manifest changes", "fields": [], "away_seconds": 18.4},
]


def test_columns_and_fields() -> None:
    """Breaks the table: columns that do not stand below each other, or fields that nobody has asked for."""
    away = "(the API server was away for 18 s when this was done last)"
    assert row_lines(ROWS, True) == [
        "  /etc/a.yaml  change   it differs",
        "      --v: 1 -> 2",
        f"  etcd         restart  its manifest changes {away}",
    ]
    assert len(row_lines(ROWS, False)) == 2
    assert row_lines([], True) == []


def test_what_a_terminal_obeys() -> None:
    """Breaks the trust of who decides by the plan: a value that somebody has put there hides rows, or makes some."""
    bad = "x\x1b[2K\x1b[1A\u202e"
    row = {"artefact": bad, "action": "change", "reason": bad, "fields": [{"name": bad, "before": bad, "after": 1}]}
    text = "".join(row_lines([row], True))
    assert text.isprintable()
    assert text.count("x\\x1b[2K") == 4


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "x"),
        (0.2, "x (the API server answered all the time when this was done last)"),
        (0.6, "x (the API server was away for 1 s when this was done last)"),
    ],
)
def test_how_long_a_restart_took(seconds: float | None, said: str) -> None:
    """Breaks what a person is told: C(away for 0 s), or a number that nobody has measured."""
    (line,) = row_lines([dict(ROWS[1], reason="x", away_seconds=seconds)], True)
    assert line.endswith(said)


@pytest.mark.parametrize(("number", "lines"), [(40, 40), (41, 41), (42, 41), (500, 41)])
def test_many_fields(number: int, lines: int) -> None:
    """Breaks the table: a document that is another one as a whole fills the screen, or what is left out is not said."""
    found = row_lines([dict(ROWS[0], fields=[FIELD] * number)], True)[1:]
    assert len(found) == lines
    assert ("more" in found[-1]) is (number > 41)
    assert number <= 41 or found[-1] == f"      and {number - 40} more"


@pytest.mark.parametrize(
    ("rows", "is_check", "said"),
    [
        ([], True, "nothing to change"),
        ([], False, "nothing changed"),
        (ROWS[:1], True, "1 change"),
        (ROWS, True, "2 changes"),
    ],
)
def test_counts(rows: list[dict[str, t.Any]], is_check: bool, said: str) -> None:
    """Breaks the first line, by which one sees whether there is anything."""
    assert count(rows, is_check) == said
