# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the benchmark makes of what it has seen; no time of this machine is tested."""

from __future__ import annotations

import json
import pathlib
import sys

import pytest
from bench.measured import Failed, executions, kubeadm_phases, measure, our_phases, stamped
from bench.race import Pair, summary
from bench.report import page, picture, rows, table

PROJECT = pathlib.Path(__file__).resolve().parents[3]
OUTPUT = """
PLAY RECAP *****
PHASES ***********
config                    1.8 s
kubelet_start            11.3 s
all                      13.1 s
"""


def test_our_phases() -> None:
    """Breaks the picture: a phase is lost, or the sum counts as one."""
    assert our_phases(OUTPUT) == {"config": 1.8, "kubelet_start": 11.3}
    assert our_phases("PLAY RECAP") == {}


def test_kubeadm_phases() -> None:
    """Breaks the picture: the time of a phase counts for the one before it; a phase that comes twice is one."""
    lines = [
        (0.5, "[init] Using"),
        (0.7, "[preflight] a"),
        (1.0, "\tno phase"),
        (1.5, "[certs] a"),
        (2.0, "[preflight] b"),
    ]
    assert kubeadm_phases([*lines, (2.25, "")]) == {
        "start": 0.5,
        "init": pytest.approx(0.2),
        "preflight": pytest.approx(1.05),
        "certs": 0.5,
    }


def test_executions() -> None:
    """Breaks the count by which a phase is found that asks the host once more than it has to."""
    assert executions("Using module file /a.py\nx\nUsing module file /b.py\n") == 2


def test_a_command_is_measured(tmp_path: pathlib.Path) -> None:
    """Breaks when a command that fails counts as quick, or its output is lost."""
    command = [sys.executable, "-c", "print('[certs] x'); raise SystemExit(3)"]
    found = measure(command, tmp_path / "a/log", codes=(3,))
    assert (found.output, found.seconds > 0, found.peak_mb > 0) == ("[certs] x\n", True, True)
    with pytest.raises(Failed, match="has ended with 3"):
        measure(command, tmp_path / "log")
    with pytest.raises(Failed, match=r"\[certs\] x"):
        stamped(command, tmp_path / "log")
    lines = stamped([sys.executable, "-c", "print('[certs] x')"], tmp_path / "log")
    assert [line for _seconds, line in lines] == ["[certs] x", ""]


def test_the_ratio_is_that_of_pairs() -> None:
    """Breaks the figure that counts: the ratio of medians hides how both were slow together."""
    pairs = [Pair(2.0, 1.0, {"a": 2.0}, {"b": 1.0}, 1.0, 90.0), Pair(9.0, 9.0, {"a": 4.0}, {}, 3.0, 90.0)]
    found = summary([*pairs, Pair(3.0, 2.0, {"a": 3.0}, {"b": 3.0}, 2.0, 90.0)])
    assert (found["init_ratio"], found["init_ratio_spread"]) == (1.5, [1.0, 2.0])
    assert (found["init_seconds"], found["kubeadm_init_seconds"]) == (3.0, 2.0)
    assert (found["our_phases"], found["kubeadm_phases"]) == ({"a": 3.0}, {"b": 1.0})


def test_the_table_and_the_picture() -> None:
    """Breaks the report: what was not measured is an error, or a phase is not in the picture."""
    results = {"init_ratio": 1.5, "init_ratio_spread": [1.0, 2.0], "executions_again": 2}
    assert "| ratio of each pair, newest version | 1.5 | 1.0 to 2.0 |" in table(results)
    assert "kubeadm init" not in table(results)
    drawn = picture([("ours", {"certs": 1.0, "a<b": 0.1}), ("kubeadm", {"certs": 2.0})])
    assert drawn.count("<rect") == 4
    assert "a&lt;b: 0.10 s" in drawn


def test_the_report_is_of_what_was_measured() -> None:
    """Breaks the report: the page or its picture says something else than the figures that it is made from."""
    results = json.loads((PROJECT / "bench/results.json").read_text(encoding="utf-8"))
    assert (PROJECT / "docs/speed.md").read_text(encoding="utf-8") == page(results)
    assert (PROJECT / "docs/speed.svg").read_text(encoding="utf-8") == picture(rows(results))
