# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where things are: packages that import each other in one direction, and a test where its subject is."""

from __future__ import annotations

import ast
import collections
import pathlib
import re
import typing as t

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLUGINS = ROOT / "plugins"
TESTS = ROOT / "tests/unit/plugins"
COLLECTION = "ansible_collections.kubewright.control_plane.plugins."
FLOORS = ("module_utils", "plugin_utils")
SOURCES = sorted(PLUGINS.rglob("*.py"))


def _name(path: pathlib.Path) -> str:
    return ".".join(path.relative_to(PLUGINS).with_suffix("").parts)


NAMES = {_name(path) for path in SOURCES}


def _imports(path: pathlib.Path) -> set[str]:
    """The files of the collection that one imports, as C(module_utils._base.errors)."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(COLLECTION):
            module = (node.module or "")[len(COLLECTION) :]
            found |= {module} if module in NAMES else {f"{module}.{alias.name}" for alias in node.names}
    return found


def _package(name: str) -> str:
    return name.rpartition(".")[0]


def _graph() -> dict[str, set[str]]:
    """The packages that each imports. A file beside the packages is one of its own."""
    graph: dict[str, set[str]] = collections.defaultdict(set)
    for path in SOURCES:
        own = (
            _package(_name(path))
            if path.parent.name.startswith("_") or len(path.relative_to(PLUGINS).parts) > 2
            else _name(path)
        )
        for name in _imports(path):
            other = name if _package(name) in FLOORS else _package(name)
            if other != own:
                graph[own].add(other)
    return graph


def _reached(graph: t.Mapping[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for name in graph.get(waiting.pop(), set()) - found:
            found.add(name)
            waiting.append(name)
    return found


def test_packages_import_in_one_direction() -> None:
    """Breaks when two packages import each other, also by a third: then neither can be read, tested or moved alone."""
    graph = _graph()
    assert [name for name in graph if name in _reached(graph, name)] == []


@pytest.mark.parametrize("path", sorted((PLUGINS / "module_utils").rglob("*.py")), ids=_name)
def test_what_travels_does_not_import_what_stays(path: pathlib.Path) -> None:
    """Breaks when a file that is sent to hosts imports one that only the controller has."""
    assert [name for name in _imports(path) if not name.startswith("module_utils.")] == []


@pytest.mark.parametrize(
    "path",
    # Those beside the folders are of all plugins.
    sorted(path for path in TESTS.rglob("test_*.py") if path.parent != TESTS),
    ids=lambda path: str(path.relative_to(TESTS)),
)
def test_a_test_lies_where_its_subject_does(path: pathlib.Path) -> None:
    """Breaks when a test stays behind where its subject was renamed or moved."""
    folder = PLUGINS / path.relative_to(TESTS).parent
    subjects = [f"{source.stem.lstrip('_')}_" for source in folder.glob("*.py")]
    assert f"{path.stem.removeprefix('test_')}_".startswith(tuple(subjects))


NAMED = sorted(
    set(
        re.findall(
            r"`((?:plugins|tests|roles|playbooks|molecule|docs|changelogs)/[\w./-]*)[ `]",
            (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"),
        )
    )
)


@pytest.mark.parametrize("path", NAMED)
def test_what_contributors_are_told_of_is_there(path: str) -> None:
    """Breaks when a file is moved and those who look for it are sent to where it was."""
    assert len(NAMED) > 30
    assert (ROOT / path).exists()
