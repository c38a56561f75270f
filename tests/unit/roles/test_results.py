# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The results that roles and playbooks hand on by the variables that their tasks register."""

from __future__ import annotations

import pathlib
import re

import pytest
import yaml

PROJECT = pathlib.Path(__file__).resolve().parents[3]
FILES = sorted(
    path
    for folder in ("roles", "playbooks")
    for path in (PROJECT / folder).rglob("*.yml")
    if path.parent.name in ("tasks", "vars", "playbooks")
)
# What a role is given by another one of this collection, and the results of phases that have not been run.
GIVEN = set(yaml.safe_load((PROJECT / "roles/config/defaults/main.yml").read_text(encoding="utf-8")))


def _registered() -> set[str]:
    return {name for path in FILES for name in re.findall(r"register: (\w+)", path.read_text(encoding="utf-8"))}


def _given(path: pathlib.Path) -> set[str]:
    """The variables that a file or its role sets."""
    texts = [path.read_text(encoding="utf-8")]
    texts += [file.read_text(encoding="utf-8") for file in path.parent.parent.glob("vars/*.yml")]
    # What playbooks/cluster.yml tells roles.
    texts += [(PROJECT / "playbooks/cluster.yml").read_text(encoding="utf-8")]
    return {name for text in texts for name in re.findall(r"^ *(__\w+):", text, re.MULTILINE)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_what_is_read_is_registered(path: pathlib.Path) -> None:
    """Breaks in silence when a result is registered under another name: a phase would go by its default."""
    used = set(re.findall(r"\b(__\w+)\b", path.read_text(encoding="utf-8")))
    assert used <= _registered() | _given(path) | GIVEN


def test_results_are_found() -> None:
    """Breaks the test before: it would find nothing anywhere."""
    assert {"__config_result", "__certs_result", "__etcd_result", "__init_read_result"} <= _registered()


def test_only_what_is_registered_has_a_result_by_default() -> None:
    """Breaks in silence when a result is renamed: its default would be read in its place."""
    assert {name for name in GIVEN if name.endswith("_result")} <= _registered()
