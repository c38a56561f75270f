# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a person sees of the actions, with the whole of ansible-core between: its callbacks take results in their own way."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import judgement

PROJECT = pathlib.Path(__file__).parents[3]
PLAYBOOK = """
- hosts: all
  gather_facts: false
  vars:
    kubewright_kubernetes_version: v1.31.0
    kubewright_certificate_validity_period: 87601h
    kubewright_node_name: cp1
  tasks:
    - kubewright.control_plane.cluster_config:
      register: config
    - kubewright.control_plane.preflight_check:
        config: "{{{{ config.resolved }}}}"
        ignore: {ignored}
      register: preflight
      ignore_errors: true
    - ansible.builtin.copy:
        content: "{{{{ {{'config': config, 'preflight': preflight}} | to_json }}}}"
        dest: {results}
        mode: "0600"
"""
TOO_LONG = (
    "kubewright_certificate_validity_period: certificates would be valid for longer than their CA, "
    "with whose end they end too."
)


class Run(t.NamedTuple):
    """output: all that was printed, without white space, because some versions of ansible-core wrap lines."""

    output: str
    results: dict[str, t.Any]


def _joined(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _run(folder: pathlib.Path, ignored: str) -> Run:
    results = folder / "results.json"
    playbook = folder / "playbook.yml"
    playbook.write_text(PLAYBOOK.format(ignored=ignored, results=results))
    command = [sys.executable, "-m", "ansible", "playbook", "-i", "cp1,", "-c", "local", str(playbook)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    environment.update(
        ANSIBLE_COLLECTIONS_PATH=str(PROJECT / ".build"),
        ANSIBLE_DEPRECATION_WARNINGS="1",
        ANSIBLE_HOME=str(folder / "home"),
        ANSIBLE_INJECT_FACT_VARS="0",
        ANSIBLE_LOCAL_TEMP=str(folder / "local"),
        ANSIBLE_PYTHON_INTERPRETER=sys.executable,
        ANSIBLE_REMOTE_TEMP=str(folder / "remote"),
    )
    done = subprocess.run(
        command, cwd=folder, env=environment, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert done.returncode == 0, done.stdout
    return Run(done.stdout, json.loads(results.read_text()))


@pytest.fixture(scope="module")
def waived(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run that waives whatever is wrong with the machine that the tests run on."""
    return _run(tmp_path_factory.mktemp("waived"), "all")


def _expected(run: Run) -> list[str]:
    return [TOO_LONG, *judgement.judge(run.results["preflight"]["checks"]).warnings]


def test_each_warning_is_shown_once(waived: Run) -> None:
    """Breaks when a warning of an action is lost, as it is in a list that is ansible-core's own, or is shown twice."""
    assert len(_expected(waived)) > 1
    shown = _joined(waived.output)
    assert {text: shown.count(_joined(f"[WARNING]: {text}")) for text in _expected(waived)} == dict.fromkeys(
        _expected(waived), 1
    )


def test_nothing_else_is_shown_as_a_warning(waived: Run) -> None:
    """Breaks when ansible-core complains of the collection: of results that it does not take, or of what it is going to drop."""
    assert waived.output.count("[WARNING]") == len(_expected(waived))
    for complaint in ("Callback dispatch", "DEPRECAT", "Traceback", "Undefined"):
        assert complaint not in waived.output


def test_warnings_can_be_registered(waived: Run) -> None:
    """Breaks playbooks and callbacks that read the warnings of a result."""
    registered = [*waived.results["config"]["warnings"], *waived.results["preflight"]["warnings"]]
    assert registered == _expected(waived)


def test_a_task_that_fails_warns_too(tmp_path: pathlib.Path) -> None:
    """Breaks when warnings are shown only of tasks that end well: with errors beside them they are wanted most."""
    run = _run(tmp_path, "none")
    found = judgement.judge(run.results["preflight"]["checks"])
    assert run.results["preflight"]["failed"] == bool(found.errors)
    shown = _joined(run.output)
    assert [text for text in found.warnings if shown.count(_joined(f"[WARNING]: {text}")) != 1] == []


@pytest.mark.parametrize("path", sorted((PROJECT / "plugins/action").glob("*.py")), ids=lambda path: path.stem)
def test_no_action_adds_to_the_list_itself(path: pathlib.Path) -> None:
    """Breaks when an action puts a text into the list of warnings that is ansible-core's own, which then shows none of them."""
    assert re.findall(r"""\[["']warnings["']\]|setdefault\(["']warnings["']""", path.read_text(encoding="utf-8")) == []
