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


# What an applier may ship of the collection, in bytes of source before it is packed. Two of them also make certificates or
# speak with the API server.
APPLIER_BYTES = {"host_apply": 80_000, "credentials_apply": 124_000, "objects_apply": 122_000}


@pytest.mark.parametrize("module", APPLIER_BYTES)
def test_an_applier_ships_what_it_needs(module: str) -> None:
    """Breaks the time of every change: an import by the way may bring a dozen files, which each host compiles anew each time."""
    graph = {_name(path): _imports(path) for path in SOURCES}
    shipped = {f"modules.{module}"} | _reached(graph, f"modules.{module}")
    assert sum((PLUGINS / f"{name.replace('.', '/')}.py").stat().st_size for name in shipped) < APPLIER_BYTES[module]


def test_packages_import_in_one_direction() -> None:
    """Breaks when two packages import each other, also by a third: then neither can be read, tested or moved alone."""
    graph = _graph()
    assert [name for name in graph if name in _reached(graph, name)] == []


@pytest.mark.parametrize("path", sorted((PLUGINS / "module_utils").rglob("*.py")), ids=_name)
def test_what_travels_does_not_import_what_stays(path: pathlib.Path) -> None:
    """Breaks when a file that is sent to hosts imports one that only the controller has."""
    assert [name for name in _imports(path) if not name.startswith("module_utils.")] == []


# Those who speak with a server over a socket of their own, and what they do with files: a key for TLS, archives of images.
CLIENTS = (
    "module_utils._api.client",
    "module_utils._base.exchange",
    "module_utils._diagnosis.health",
    "module_utils._etcd.client",
    "module_utils._preflight.external_etcd",
    "module_utils._running.handshake",
    "module_utils._running.health",
    "module_utils._runtime.docker",
    "module_utils._runtime.grpc",
    "module_utils._runtime.pulls",
    "module_utils._runtime.runtime",
)
# Of module os, what says nothing of the host's files and processes.
HARMLESS = {"path", "linesep", "cpu_count"}
HARMLESS_OF_PATHS = {"dirname", "basename", "join", "relpath", "split", "splitext", "normpath"}
TOUCHING = {"subprocess", "socket", "glob", "shutil", "tempfile", "signal", "urllib.request", "http.client"}


def _touched(path: pathlib.Path) -> list[str]:
    """What of a file touches the host: modules, functions of os, and open."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name in TOUCHING]
        elif isinstance(node, ast.ImportFrom):
            found += [node.module or ""] if node.module in {*TOUCHING, "os"} else []
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open":
            found.append("open")
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
            found += [f"os.{node.attr}"] if node.attr not in HARMLESS else []
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "os.path":
            found += [f"os.path.{node.attr}"] if node.attr not in HARMLESS_OF_PATHS else []
    return found


@pytest.mark.parametrize(
    "path",
    [
        path
        for folder in ("module_utils", "modules")
        for path in sorted((PLUGINS / folder).rglob("*.py"))
        if path.parent.name != "_host" and _name(path) not in CLIENTS
    ],
    ids=_name,
)
def test_there_is_one_door_to_the_host(path: pathlib.Path) -> None:
    """Breaks when a file looks at the host past C(_host): what is hardened there would not hold for it."""
    assert _touched(path) == []


def test_what_touches_the_host_is_found() -> None:
    """Breaks the test before: it would find nothing anywhere."""
    assert {"os.open", "os.rename", "os.write"} <= set(_touched(PLUGINS / "module_utils/_host/files.py"))
    assert {"os.path.isfile", "os.access"} <= set(_touched(PLUGINS / "module_utils/_host/command.py"))
    assert "socket" in _touched(PLUGINS / "module_utils/_host/sockets.py")


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


# What has no test file of its own, and the one that tests it. These are values and tables without logic: a test of each
# alone would say the same twice.
TESTED_ELSEWHERE: t.Mapping[str, str] = {
    # Paths that all minors have: by what is written there.
    "module_utils/_base/paths.py": "plugins/plugin_utils/_render/test_tree.py",
    # Of the module of one call: by that module.
    "module_utils/_runtime/ensure.py": "plugins/modules/test_image_ensure.py",
    # Values that carry what certificates and kubeconfigs are to be, and what is said of them: by those who make them.
    "module_utils/_pki/certificate.py": "plugins/plugin_utils/_pki/test_declared.py",
    "plugin_utils/_pki/entry.py": "plugins/plugin_utils/_pki/test_report.py",
    "plugin_utils/_pki/steps.py": "plugins/plugin_utils/_pki/test_plan.py",
    # The release table: as a whole, by the facts of each minor and by Kubernetes' own Go types.
    "plugin_utils/_release/features.py": "plugins/plugin_utils/_release/test_release.py",
    "plugin_utils/_release/gates.py": "plugins/plugin_utils/_release/test_release.py",
    "plugin_utils/_release/kube_proxy_fields.py": "facts/test_upstream.py",
    "plugin_utils/_release/kubelet_fields.py": "facts/test_upstream.py",
    "plugin_utils/_release/settings.py": "plugins/plugin_utils/_release/test_release.py",
    "plugin_utils/_release/system_verification.py": "facts/test_system_verification.py",
}


def _is_documentation(path: pathlib.Path) -> bool:
    """Whether there is nothing to test: fragments of documentation, and modules of which the action is the whole."""
    if path.parent.name != "modules":
        return path.parent.name == "doc_fragments"
    return not any(isinstance(node, ast.FunctionDef) for node in ast.parse(path.read_text(encoding="utf-8")).body)


def _mirror(path: pathlib.Path) -> pathlib.Path:
    """The test file of a source file."""
    return TESTS / path.relative_to(PLUGINS).parent / f"test_{path.stem.lstrip('_')}.py"


@pytest.mark.parametrize("path", [path for path in SOURCES if not _is_documentation(path)], ids=_name)
def test_every_file_has_its_test(path: pathlib.Path) -> None:
    """Breaks when somebody who changes a file finds no test of it, or has to look for it under another name."""
    elsewhere = TESTED_ELSEWHERE.get(str(path.relative_to(PLUGINS)))
    if elsewhere is None:
        assert _mirror(path).is_file()
    else:
        assert not _mirror(path).exists()
        assert (ROOT / "tests/unit" / elsewhere).is_file()


def test_what_is_tested_elsewhere_is_there() -> None:
    """Breaks when a file goes or is renamed and its entry stays, or an entry excuses one that needs no excuse."""
    sources = {str(path.relative_to(PLUGINS)): path for path in SOURCES}
    assert set(TESTED_ELSEWHERE) - set(sources) == set()
    assert [name for name in TESTED_ELSEWHERE if _is_documentation(sources[name])] == []


def test_documentation_is_told_from_what_can_be_tested() -> None:
    """Breaks the test of mirrors: it would look at nothing, or ask for tests of documentation."""
    found = {_name(path) for path in SOURCES if _is_documentation(path)}
    assert {"modules.render", "doc_fragments.host"} <= found
    assert not {"modules.host_apply", "module_utils._base.paths", "action.render"} & found


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
