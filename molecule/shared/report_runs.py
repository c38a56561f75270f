# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of the playbooks that report on a fleet."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import tempfile
import typing as t

PROJECT = pathlib.Path(os.environ["MOLECULE_PROJECT_DIRECTORY"])
INVENTORY = pathlib.Path(os.environ["MOLECULE_EPHEMERAL_DIRECTORY"]) / "inventory"


class ReportRun(t.NamedTuple):
    """A finished run. files: the texts of the report's files by name."""

    code: int
    output: str
    files: dict[str, str]


def run_report(playbook: str, variables: dict[str, t.Any] | None, *options: str) -> ReportRun:
    """Runs a playbook with extra variables and reads its report."""
    with tempfile.TemporaryDirectory() as directory:
        given = dict(variables or {}, kubewright_report_dir=directory)
        path = str(PROJECT / "playbooks" / playbook)
        command = ["ansible-playbook", path, "-i", str(INVENTORY), "-e", json.dumps(given), *options]
        answer = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, check=False)
        output = answer.stdout + answer.stderr
        files = {file.name: file.read_text(encoding="utf-8") for file in pathlib.Path(directory).iterdir()}
        assert files, output
        return ReportRun(answer.returncode, output, files)
