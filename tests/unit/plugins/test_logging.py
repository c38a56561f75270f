# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What modules write into the host's log and return of what they were given."""

from __future__ import annotations

import ast
import importlib
import pathlib
import types
import typing as t

import pytest
from ansible.module_utils import basic

from any_core import patch_module_args

PLUGINS = pathlib.Path(__file__).parents[3] / "plugins"
PACKAGE = "ansible_collections.kubewright.control_plane.plugins.modules."
MODULES = sorted(path.stem for path in (PLUGINS / "modules").glob("*.py"))
MARK = "-----BEGIN PRIVATE KEY-----\nMARKED SECRET\n-----END PRIVATE KEY-----\n"
PARTS = ("MARKED", "SECRET")


def _filled(option: t.Mapping[str, t.Any], name: str) -> t.Any:
    """A value of an option with the mark wherever a text may be."""
    kind = option.get("type", "str")
    if "choices" in option:
        return [option["choices"][0]] if kind == "list" else option["choices"][0]
    if kind in ("int", "float"):
        return 1
    if kind == "bool":
        return True
    if kind == "dict":
        return _filled_options(option["options"]) if option.get("options") else {name: {"deep": [MARK]}}
    if kind == "list":
        if option.get("options"):
            return [_filled_options(option["options"])]
        return [{name: MARK}] if option.get("elements") == "dict" else [MARK]
    return f"/{MARK}" if kind == "path" else MARK


def _filled_options(options: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    return {name: _filled(option, name) for name, option in options.items()}


class Said(t.NamedTuple):
    """logged: what went to the host's log. printed: the result."""

    logged: list[str]
    printed: str


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> t.Callable[[str], Said]:
    """Starts a module with marked arguments, up to where its work begins."""
    logged: list[str] = []
    log = types.SimpleNamespace(
        openlog=lambda *_arguments: None,
        closelog=lambda *_arguments: None,
        syslog=lambda *arguments: logged.append(str(arguments[-1])),
        LOG_INFO=6,
        LOG_USER=8,
    )
    journal = types.SimpleNamespace(send=lambda *arguments, **more: logged.append(f"{arguments} {more}"))
    monkeypatch.setattr(basic, "syslog", log)
    monkeypatch.setattr(basic, "has_journal", True)
    monkeypatch.setattr(basic, "journal", journal, raising=False)

    def start(name: str) -> Said:
        module = importlib.import_module(PACKAGE + name)
        caught: list[t.Mapping[str, t.Any]] = []

        def take(
            _phase: str, specification: t.Mapping[str, t.Any], _body: t.Any, *_rest: t.Any, **_more: t.Any
        ) -> None:
            caught.append(specification)

        run_module = module.run_module
        monkeypatch.setattr(module, "run_module", take)
        module.main()
        arguments = dict(_filled_options(caught[0]), _ansible_syslog_facility="LOG_USER", _ansible_no_log=False)
        monkeypatch.setattr(module, "run_module", run_module)
        with patch_module_args(arguments), pytest.raises(SystemExit):
            run_module("phase", dict(caught[0]), lambda _module: {"changed": False})
        return Said(logged, capsys.readouterr().out)

    return start


def _runs(name: str) -> bool:
    """Whether a module has a part that runs on hosts."""
    return "run_module(" in (PLUGINS / "modules" / f"{name}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name in MODULES if _runs(name)])
def test_no_argument_is_logged_or_returned(said: t.Callable[[str], Said], name: str) -> None:
    """Breaks the secrecy of keys, tokens and passwords: all that the host's log keeps, many may read for years."""
    found = said(name)
    assert '"changed": false' in found.printed
    assert found.logged, "nothing was logged, so that nothing was tried"
    assert not [text for text in found.logged if any(part in text for part in PARTS)]
    assert not [part for part in PARTS if part in found.printed]


def test_the_log_is_looked_at(said: t.Callable[[str], Said], monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the test before: it would pass with ansible-core's own frame, which logs what is in host_apply's changes."""
    frame = importlib.import_module(PACKAGE + "host_apply").run_module.__globals__
    monkeypatch.setitem(frame, "QuietModule", basic.AnsibleModule)
    found = said("host_apply")
    # The result too, before ansible-core 2.20.
    assert any("MARKED" in text for text in found.logged)


def test_every_module_has_the_frame() -> None:
    """Breaks when a module is made that ansible-core's own frame runs."""
    made = []
    for path in [*(PLUGINS / "modules").glob("*.py"), *(PLUGINS / "module_utils").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("AnsibleModule"):
                made.append(path.name)
    assert made == []
