# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Versions are data: only the release table may tell one minor from another."""

from __future__ import annotations

import ast
import pathlib
import re

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release import release
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.features import FEATURES
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.release import FIRST_MINOR, LAST_MINOR

ROOT = pathlib.Path(release.__file__).resolve().parents[3]
# The release table, the class that reads it, and the value of a version.
KNOWS_MINORS = pathlib.Path(release.__file__).resolve().parent
# (file, function): compares the kubelet's version with the control plane's.
ALLOWED = {("_preflight/versions.py", "kubelet_version")}
SOURCES = sorted(path for path in (ROOT / "plugins").rglob("*.py") if KNOWS_MINORS not in path.parents)
TEXTS = sorted(
    path for folder in ("roles", "playbooks") for path in (ROOT / folder).rglob("*") if path.suffix in {".j2", ".yml"}
)


def _uses_of_version_numbers(path: pathlib.Path) -> list[str]:
    found = []

    def visit(node: ast.AST, function: str) -> None:
        if isinstance(node, ast.FunctionDef):
            function = node.name
        if (
            isinstance(node, ast.Attribute)
            and node.attr in {"minor", "patch", "major"}
            and ("/".join(path.parts[-2:]), function) not in ALLOWED
        ):
            found.append("%s:%d %s" % (path.name, node.lineno, ast.unparse(node)))
        for child in ast.iter_child_nodes(node):
            visit(child, function)

    visit(ast.parse(path.read_text(encoding="utf-8")), "")
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_code_asks_for_a_version_number(path: pathlib.Path) -> None:
    """Breaks when code outside the table branches on a version's numbers in place of a feature's name."""
    assert _uses_of_version_numbers(path) == []


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_or_task_compares_versions(path: pathlib.Path) -> None:
    """Breaks when a template or task compares versions (the version test, or a comparison with a version text)."""
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"is\s+(not\s+)?version\s*\(|version_compare|\.minor\b", text)
    assert not re.search(r"(>=|<=|<|>|==)\s*['\"]?v?1\.[0-9]{2}\b", text)


def test_every_feature_of_the_table_is_asked_for() -> None:
    """Breaks when the table holds a fact that no code heeds: the fact then is not true of what is written."""
    asked = {
        node.attr
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
    }
    # Those that the release table itself uses.
    assert set(FEATURES) - asked == {"component_configs_defaulted", "kubelet_config_map_versioned"} - asked


@pytest.mark.parametrize("name", sorted(FEATURES))
def test_every_feature_has_a_value_from_the_first_minor_on_in_ascending_order(name: str) -> None:
    """Breaks when a row of the table is out of order, so that an older value would win."""
    since = [minor for minor, _value in FEATURES[name].since]
    patches = [(minor, patch) for minor, patch, _value in FEATURES[name].patches]
    assert since[0] == FIRST_MINOR
    assert since == sorted(set(since))
    assert patches == sorted(set(patches))
    assert all(FIRST_MINOR <= minor <= LAST_MINOR for minor in since + [minor for minor, _patch in patches])
