# SPDX-License-Identifier: GPL-3.0-or-later
"""A command and what it takes: seconds, the processor and the memory of the controller."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import time
import typing as t


class Measured(t.NamedTuple):
    """seconds: by the clock. cpu_seconds: of the command and all that it started and waited for. peak_mb: of the largest of these."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    output: str


class Failed(Exception):
    """A command that had to succeed has not."""


def measure(command: t.Sequence[str], log: pathlib.Path, codes: t.Collection[int] = (0,)) -> Measured:
    """Runs a command, whose output goes to a file. codes: the exit codes that it may end with. Raises Failed."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as stream:
        begin = time.monotonic()
        process = subprocess.Popen(command, stdout=stream, stderr=subprocess.STDOUT)
        _pid, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    output = log.read_text(encoding="utf-8", errors="replace")
    if process.returncode not in codes:
        raise Failed(
            f"{' '.join(command)} has ended with {process.returncode}; its output is in {log}\n{output[-3000:]}"
        )
    return Measured(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output)


def our_phases(output: str) -> dict[str, float]:
    """The seconds of each phase in the table that the callback phases prints."""
    table = output.rpartition("PHASES *")[2]
    found = re.findall(r"^([a-z_]+) +([0-9.]+) s$", table, re.MULTILINE)
    return {phase: float(seconds) for phase, seconds in found if phase != "all"}


def executions(output: str) -> int:
    """How often a module was executed on a host, by the output of a run with -vvv."""
    return output.count("Using module file")


def stamped(command: t.Sequence[str], log: pathlib.Path) -> list[tuple[float, str]]:
    """Runs a command and returns its lines with the seconds after which each came, and an empty one at its end. Raises Failed."""
    log.parent.mkdir(parents=True, exist_ok=True)
    begin = time.monotonic()
    lines: list[tuple[float, str]] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout or ():
            lines.append((time.monotonic() - begin, line.rstrip("\n")))
    lines.append((time.monotonic() - begin, ""))
    text = "\n".join(line for _seconds, line in lines)
    log.write_text(text, encoding="utf-8")
    if process.returncode != 0:
        raise Failed(f"{' '.join(command)} has ended with {process.returncode}\n{text[-3000:]}")
    return lines


def kubeadm_phases(lines: t.Sequence[tuple[float, str]]) -> dict[str, float]:
    """The seconds of each phase of kubeadm init, by when its lines came: what comes before a phase's first line is the one's before."""
    found: dict[str, float] = {}
    phase, since = "start", 0.0
    for seconds, line in lines:
        match = re.match(r"\[([a-z-]+)\]", line)
        if match is not None or not line:
            found[phase] = found.get(phase, 0.0) + seconds - since
            phase, since = match.group(1) if match is not None else phase, seconds
    return found


__all__ = ("Failed", "Measured", "executions", "kubeadm_phases", "measure", "our_phases", "stamped")
