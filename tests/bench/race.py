# SPDX-License-Identifier: GPL-3.0-or-later
"""Our playbook over SSH against the real kubeadm init, in turn, each on a fresh node with all images."""

from __future__ import annotations

import pathlib
import statistics
import typing as t

from bench.measured import Measured, executions, kubeadm_phases, measure, our_phases, stamped
from bench.nodes import fresh_nodes, give_kubeadm, inventory, received_bytes

Values = dict[str, t.Any]
OURS, KUBEADM = "bench-ours", "bench-kubeadm"
PLAYBOOK = ("ansible-playbook", "playbooks/init-control-plane.yml")


class Pair(t.NamedTuple):
    """One race. our_phases, kubeadm_phases: seconds by phase, under the names of each."""

    ours: float
    kubeadm: float
    our_phases: dict[str, float]
    kubeadm_phases: dict[str, float]
    cpu_seconds: float
    peak_mb: float


def _play(folder: pathlib.Path, name: str, *options: str) -> Measured:
    return measure([*PLAYBOOK, "-i", str(folder), *options], folder.parent / f"{name}.log")


def race(minor: str, folder: pathlib.Path) -> Pair:
    """Both on nodes that were made side by side, one after the other."""
    with fresh_nodes([OURS, KUBEADM], minor):
        ours = inventory(folder / "ours", minor, OURS)
        give_kubeadm(KUBEADM, folder / "kubeadm", minor)
        played = _play(ours, "ours")
        command = ["docker", "exec", KUBEADM, "/root/kubeadm", "init", "--config", "/root/kubeadm.yaml"]
        lines = stamped(command, folder / "kubeadm.log")
    phases = (our_phases(played.output), kubeadm_phases(lines))
    return Pair(played.seconds, lines[-1][0], *phases, played.cpu_seconds, played.peak_mb)


def _median_phases(found: t.Sequence[t.Mapping[str, float]]) -> dict[str, float]:
    names = dict.fromkeys(name for phases in found for name in phases)
    return {name: round(statistics.median(phases.get(name, 0.0) for phases in found), 2) for name in names}


def summary(pairs: t.Sequence[Pair]) -> Values:
    """Medians; the ratio is that of each pair, with the least and the greatest."""
    ratios = sorted(pair.ours / pair.kubeadm for pair in pairs)
    return {
        "pairs": len(pairs),
        "init_seconds": round(statistics.median(pair.ours for pair in pairs), 2),
        "kubeadm_init_seconds": round(statistics.median(pair.kubeadm for pair in pairs), 2),
        "init_ratio": round(statistics.median(ratios), 2),
        "init_ratio_spread": [round(ratios[0], 2), round(ratios[-1], 2)],
        "controller_cpu_seconds": round(statistics.median(pair.cpu_seconds for pair in pairs), 2),
        "controller_peak_mb": round(statistics.median(pair.peak_mb for pair in pairs)),
        "our_phases": _median_phases([pair.our_phases for pair in pairs]),
        "kubeadm_phases": _median_phases([pair.kubeadm_phases for pair in pairs]),
    }


def one_host(minor: str, folder: pathlib.Path, runs: int) -> Values:
    """The check of a blank host, what the first run and one that changes nothing ask and send, and how long the latter takes."""
    with fresh_nodes([OURS], minor):
        host = inventory(folder / "ours", minor, OURS)
        checks = [_play(host, "check", "--check").seconds for _run in range(runs)]
        before = received_bytes(OURS)
        first = _play(host, "first", "-vvv")
        between = received_bytes(OURS)
        again = _play(host, "again-vvv", "-vvv")
        after = received_bytes(OURS)
        unchanged = [_play(host, "again").seconds for _run in range(runs)]
    return {
        "check_blank_seconds": round(statistics.median(checks), 2),
        "no_change_seconds": round(statistics.median(unchanged), 2),
        "executions_first": executions(first.output),
        "executions_again": executions(again.output),
        "bytes_sent_first": between - before,
        "bytes_sent_again": after - between,
    }


def side_by_side(minor: str, folder: pathlib.Path, runs: int, nodes: t.Sequence[str]) -> Values:
    """A run that changes nothing on one host, and on more at once: on each node, and under four names of each node.

    As many forks as there are hosts.
    """
    with fresh_nodes(nodes, minor):
        every = inventory(folder / "every", minor, *nodes)
        _play(every, "first", "--forks", str(len(nodes)))
        of = {
            1: inventory(folder / "one", minor, nodes[0]),
            len(nodes): every,
            4 * len(nodes): inventory(folder / "names", minor, *nodes, names=4),
        }
        seconds = {
            count: statistics.median(
                _play(hosts, f"again-{count}", "--forks", str(count)).seconds for _run in range(runs)
            )
            for count, hosts in of.items()
        }
    found = {f"no_change_{count}_hosts_seconds": round(value, 2) for count, value in seconds.items()}
    ratios = {f"no_change_{count}_hosts_ratio": round(value / seconds[1], 2) for count, value in seconds.items()}
    return {**found, **ratios}


__all__ = ("Pair", "one_host", "race", "side_by_side", "summary")
