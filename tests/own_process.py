# SPDX-License-Identifier: GPL-3.0-or-later
"""Python programs as processes of their own, which import what the tests import."""

from __future__ import annotations

import os
import subprocess
import sys


def command(program: str, *arguments: str) -> list[str]:
    """The command that runs a program's text."""
    return [sys.executable, "-c", program, *arguments]


def environment() -> dict[str, str]:
    """The environment in which it finds the collection."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A program that must succeed, and what it has printed."""
    argv = command(program, *arguments)
    return subprocess.run(argv, env=environment(), capture_output=True, text=True, check=True)
