# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that are made on a control plane that runs, and what the diagnosis says of them.

The tests take the control plane that those of test_put_back.py have left. make faults makes all faults.
"""

from __future__ import annotations

import json
import os
import pathlib
import random
import subprocess
import sys
import typing as t

import pytest
from playbook_runs import INVENTORY, NODE, PROJECT, on_node
from run_output import environment

sys.path.insert(0, str(PROJECT / "tests"))

from faults.catalog import Fault, faults
from faults.node import Node
from faults.trial import attempt, wait_until_healthy

SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**6))
SAMPLE = 3


@pytest.fixture(name="node", scope="module")
def fixture_node() -> Node:
    """The node, and its control plane healthy."""
    node = Node(NODE, PROJECT / "plugins")
    wait_until_healthy(node)
    return node


def _sample() -> list[Fault]:
    return random.Random(SEED).sample(faults(os.environ["KUBERNETES"]), SAMPLE)


@pytest.mark.parametrize("fault", _sample(), ids=lambda fault: fault.name)
def test_a_fault(node: Node, fault: Fault) -> None:
    """Breaks the diagnosis: another cause is named first, or the right one too late."""
    outcome = attempt(node, fault)
    try:
        assert outcome.is_right, f"SEED={SEED} {outcome}"
    finally:
        node.put_back(fault.mend)
        wait_until_healthy(node)


def _diagnose(folder: pathlib.Path) -> tuple[int, str, dict[str, t.Any]]:
    """The exit code, what was shown, and what was written."""
    command = ["ansible-playbook", str(PROJECT / "playbooks/diagnose.yml"), "-i", str(INVENTORY)]
    command += ["-e", f"kubewright_report_dir={folder}"]
    answer = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, env=environment(), check=False)
    written = json.loads((folder / "diagnosis.json").read_text(encoding="utf-8"))
    return answer.returncode, answer.stdout + answer.stderr, written["hosts"][0]


def _everything() -> str:
    return on_node("find /etc /var/lib/kubelet/config.yaml /opt /root /usr -xdev -printf '%p %m %s %T@\\n' | sort")


def test_the_playbook(node: Node, tmp_path: pathlib.Path) -> None:
    """Breaks what an operator calls at night: it changes something, says nothing, or ends as if all were well."""
    before = _everything()
    code, output, host = _diagnose(tmp_path)
    assert code == 0, output
    assert f"{NODE}: healthy (" in output
    assert (host["status"], host["findings"]) == ("healthy", [])
    assert _everything() == before
    node.make("flag kube-scheduler --no-such-flag=1")
    for _attempt in range(30):
        code, output, host = _diagnose(tmp_path)
        if host["findings"]:
            break
    try:
        assert code != 0
        assert "Traceback" not in output
        assert "1. kube-scheduler does not know the flag --no-such-flag in this version. [UnknownFlag]" in output
        assert host["findings"][0]["fault"] == "UnknownFlag"
        assert "diagnosis_report: 1 of 1 hosts are not healthy" in output
        assert (tmp_path / "diagnosis.html").stat().st_size > 10_000
    finally:
        node.put_back("true")
        wait_until_healthy(node)
