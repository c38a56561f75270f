# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Arguments that no module can use."""

from __future__ import annotations

import ast
import importlib
import pathlib
import types
import typing as t

import pytest
import yaml

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import CheckedAction

PLUGINS = pathlib.Path(__file__).parents[3] / "plugins"
PACKAGE = "ansible_collections.kubewright.control_plane.plugins."
MODULES = sorted(path.stem for path in (PLUGINS / "modules").glob("*.py"))
# Of an option that only the module's own action fills in.
SET_BY_THE_ACTION = "Set by the module's own action"

API = {"server": "https://192.0.2.10:6443", "timeout": 60}
BY_ACTION = (
    "component_restart",
    "image_ensure",
    "join_command",
    "kubelet_bootstrap",
    "preflight_check",
    "wait_apiserver",
)


@pytest.mark.parametrize("name", [*BY_ACTION, "host_read"])
def test_config_is_required(run_module: t.Callable[..., t.Any], name: str) -> None:
    """Breaks the message when the configuration is forgotten."""
    run = run_module(name, {})
    assert (run.code, run.result["failed"]) == (1, True)
    assert "config" in run.result["msg"]


@pytest.mark.parametrize("name", BY_ACTION)
def test_a_module_without_its_action_is_explained(run_module: t.Callable[..., t.Any], name: str) -> None:
    """Breaks with a traceback where a module is run in a way that passes its action by."""
    run = run_module(name, {"config": {}}, check=True)
    assert run.code == 1
    assert "action of this module" in run.result["msg"]
    assert "exception" not in run.result


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("host_read", {"config": {}, "phases": ["images"]}, "phases must be one or more of"),
        ("host_read", {"config": {}, "objects": [{"manifest": {}, "policy": "merge", "mark": "x"}]}, "api is needed"),
        ("host_read", {"config": {}, "objects": [{"manifest": {}, "policy": "merge"}]}, "mark"),
        ("objects_apply", {"phase": "addons", "changes": [{"reason": "x"}], "api": API}, "policy"),
        (
            "objects_apply",
            {"phase": "addons", "changes": [{"reason": "x", "policy": "force"}], "api": API},
            "policy must be one of",
        ),
        ("objects_apply", {"phase": "addons", "changes": [{"reason": "x", "policy": "merge"}]}, "arguments: api"),
        ("wait_apiserver", {"config": {}, "timeout": "long"}, "timeout"),
        ("host_apply", {"phase": "etcd", "changes": [{"kind": "remove", "reason": "x"}]}, "kind must be one of"),
        ("host_apply", {"phase": "etcd", "changes": [{"kind": "write_file", "reason": "x"}]}, "path, content"),
        ("component_restart", {"config": {}, "kubelet_started": "perhaps"}, "kubelet_started"),
    ],
)
def test_wrong_arguments(
    run_module: t.Callable[..., t.Any], name: str, arguments: dict[str, t.Any], words: str
) -> None:
    """Breaks the argument specs."""
    run = run_module(name, arguments)
    assert run.code == 1
    assert words in run.result["msg"]


def _constants(path: pathlib.Path) -> dict[str, str]:
    """The documentation texts of a module or of a fragment's class."""
    nodes = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Assign)]
    return {
        node.targets[0].id: node.value.value
        for node in nodes
        if isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Constant)
    }


def _documented(name: str) -> dict[str, t.Any]:
    """The documented options of a module with those of its fragments."""
    document = yaml.safe_load(_constants(PLUGINS / f"modules/{name}.py")["DOCUMENTATION"])
    options: dict[str, t.Any] = {}
    for fragment in document.get("extends_documentation_fragment") or []:
        file, _point, constant = fragment.removeprefix("kubewright.control_plane.").partition(".")
        texts = _constants(PLUGINS / f"doc_fragments/{file}.py")
        options.update(yaml.safe_load(texts[constant.upper() or "DOCUMENTATION"]).get("options") or {})
    for option, described in (document.get("options") or {}).items():
        options[option] = {**options.get(option, {}), **described}
    return options


def _given_by_users(name: str) -> dict[str, t.Any]:
    """The options that a task may give, by name: those that the action fills in are none."""
    return {
        option: described
        for option, described in _documented(name).items()
        if SET_BY_THE_ACTION not in str(described["description"])
    }


def _action(name: str) -> type[CheckedAction]:
    return t.cast("type[CheckedAction]", importlib.import_module(f"{PACKAGE}action.{name}").ActionModule)


@pytest.mark.parametrize("name", MODULES)
def test_an_action_takes_what_is_documented(name: str) -> None:
    """Breaks when an action does not know an option, its type, choices or default as users read them."""

    def compared(options: t.Mapping[str, t.Mapping[str, t.Any]]) -> dict[str, tuple[t.Any, ...]]:
        # A path of the host must not be completed with the controller's folders, so that its action takes it as a text.
        kind = {"path": "str"}
        return {
            option: (
                kind.get(of.get("type", "str"), of.get("type", "str")),
                kind.get(of.get("elements", ""), of.get("elements")),
                bool(of.get("required")),
                of.get("choices"),
                of.get("default"),
            )
            for option, of in options.items()
        }

    assert compared(_action(name).argument_spec) == compared(_given_by_users(name))


def _run_action(name: str, arguments: dict[str, t.Any]) -> dict[str, t.Any]:
    """Runs an action that must not get as far as to ask a host or to look at a variable."""
    task = types.SimpleNamespace(
        args=arguments, action=f"kubewright.control_plane.{name}", async_val=0, check_mode=False
    )
    connection = types.SimpleNamespace(_shell=types.SimpleNamespace(tmpdir="/tmp"))
    return t.cast("dict[str, t.Any]", _action(name)(task, connection, None, None, None, None).run(task_vars={}))


# A value that no option of a type takes.
WRONG: t.Mapping[str, t.Any] = {
    "dict": ["x"],
    "list": {"a": "b"},
    "bool": "perhaps",
    "int": "long",
    "float": "long",
    "str": None,
    "path": None,
}


def _wrong_arguments() -> t.Iterator[tuple[str, str, dict[str, t.Any]]]:
    for name in MODULES:
        options = _given_by_users(name)
        sound: dict[str, t.Any] = {
            "config": {"x": "y"},
            "hosts": ["cp1"],
            "phase": "etcd",
            "changes": [],
            "expected": {},
            "profile": {},
            "api": API,
            "registered": {},
            "paths": [],
            "control_plane": {},
            "cluster": {"configuration": "kubernetesVersion: v1.37.0", "kubelet": {}},
            "node": "worker1",
            "name": "cp2",
            "peer": "https://192.0.2.11:2380",
            "files": {},
            "variable": "state",
            "leader": "chosen",
            "ready": "ready",
            "failed": "failed",
            "annotations": {},
            "digests": {},
            "is_node": True,
            "addresses": ["192.0.2.11"],
            "answers": [],
            "state": "blank",
        }
        given = {option: sound[option] for option, of in options.items() if of.get("required")}
        if "choices" in options.get("phase", {}):
            given["phase"] = options["phase"]["choices"][0]
        for option, of in options.items():
            kind = of.get("type", "str")
            if WRONG[kind] is not None:
                yield name, option, {**given, option: WRONG[kind]}
            if "choices" in of:
                yield name, option, {**given, option: "nonsense"}
            if of.get("required"):
                yield name, option, {key: value for key, value in given.items() if key != option}
        yield name, "unknown_option", {**given, "unknown_option": 1}
        filled_in = set(_documented(name)) - set(options)
        yield from ((name, option, {**given, option: []}) for option in sorted(filled_in))


@pytest.mark.parametrize(("name", "option", "arguments"), list(_wrong_arguments()))
def test_an_action_names_the_option_that_is_wrong(name: str, option: str, arguments: dict[str, t.Any]) -> None:
    """Breaks when an option is used before it is checked: a traceback, the option's value as the message, or silence."""
    result = _run_action(name, arguments)
    assert result["failed"]
    assert result["msg"].startswith(f"{name}: ")
    assert option in result["msg"]
