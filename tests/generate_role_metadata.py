# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what is the same for every role: argument_specs.yml, main.yml and README.md, from the table of variables.

Run it after a change of plugins/plugin_utils/_input/variables.py; a unit test fails where the files are not current.
"""

from __future__ import annotations

import pathlib
import typing as t

import yaml

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input import kinds
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.variables import (
    VARIABLES,
    Variable,
    Words,
    default_in_words,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._workflow.phases import PHASES

ROLES = pathlib.Path(__file__).resolve().parents[1] / "roles"
COLLECTION = "kubewright.control_plane"

# What each role does, in one sentence.
DESCRIPTIONS: t.Mapping[str, str] = {
    "init": "Does what kubeadm init does, natively: all phases in order.",
    "config": "Resolves and checks the configuration; every other role depends on it.",
    **{phase.name: phase.description for phase in PHASES},
    "render": "Writes what init would write into a folder on the controller, without asking the host.",
}
_NOTES = {
    "config": "The variables are documented with role P(kubewright.control_plane.init#role). They are all checked at once by this role, "
    "which is why none is declared here.",
    "init": "Every variable can also be left to its default. Variables of other names that begin with C(kubewright_) are errors.",
}
_PHASE_NOTE = "Takes all variables of role P(kubewright.control_plane.init#role), of which these matter here."
_SMALLEST_NOTE = "Takes all variables of role P(kubewright.control_plane.init#role)."


def _option(variable: Variable) -> dict[str, t.Any]:
    option: dict[str, t.Any] = {"type": variable.type}
    if variable.elements:
        option["elements"] = variable.elements
    if isinstance(variable.check, kinds.Choice):
        option["choices"] = list(variable.check.allowed)
    if variable.secret:
        option["no_log"] = True
    option["description"] = [variable.description]
    if variable.default is None or isinstance(variable.default, Words):
        option["description"].append(f"Without it: {default_in_words(variable)}.")
    else:
        option["default"] = variable.default
    return option


def variables_of(role: str) -> list[str]:
    """The variables that a role's argument spec names. Ansible refuses others as parameters of the role."""
    if role == "config":
        return []
    return [name for name, variable in VARIABLES.items() if role == "render" or variable.phases != ("render",)]


def notes(role: str) -> list[str]:
    """What a role's documentation says of the variables."""
    if role in _NOTES:
        return [_NOTES[role]]
    own = [f"C({name})" for name, variable in VARIABLES.items() if role in variable.phases]
    return [_PHASE_NOTE, *own] if own else [_SMALLEST_NOTE]


def argument_specs(role: str) -> str:
    """The text of a role's argument_specs.yml."""
    main: dict[str, t.Any] = {
        "short_description": DESCRIPTIONS[role].rstrip("."),
        "version_added": "0.1.0",
        "description": [DESCRIPTIONS[role], *notes(role)],
        "author": ["The kubewright contributors (@kubewright)"],
        "options": {name: _option(VARIABLES[name]) for name in variables_of(role)},
    }
    text = yaml.safe_dump({"argument_specs": {"main": main}}, sort_keys=False, width=95, allow_unicode=True)
    return f"---\n# Made by tests/generate_role_metadata.py from the table of variables.\n{_indent_sequences(text)}"


def _indent_sequences(text: str) -> str:
    """Sequences indented below their key, as ansible-lint wants YAML."""

    class Dumper(yaml.SafeDumper):
        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            super().increase_indent(flow, False)

    return yaml.dump(yaml.safe_load(text), Dumper=Dumper, sort_keys=False, width=95, allow_unicode=True)


def meta(role: str) -> str:
    """The text of a role's meta/main.yml. Every role depends on config, which runs once in a play."""
    info = {
        "author": "The kubewright contributors",
        "description": DESCRIPTIONS[role],
        "license": "GPL-3.0-or-later",
        "min_ansible_version": "2.16",
    }
    dependencies = [{"role": f"{COLLECTION}.config"}] if role not in ("config", "render") else []
    text = yaml.safe_dump({"galaxy_info": info, "dependencies": dependencies}, sort_keys=False, width=95)
    return f"---\n# Made by tests/generate_role_metadata.py.\n{_indent_sequences(text)}"


def readme(role: str) -> str:
    """The text of a role's README.md."""
    return (
        f"# {COLLECTION}.{role}\n\n{DESCRIPTIONS[role]}\n\n"
        f"Its variables and their defaults: `ansible-doc -t role {COLLECTION}.{role}`.\n\n"
        f"```yaml\n- hosts: control_plane\n  become: true\n  roles:\n    - {COLLECTION}.{role}\n```\n"
    )


def files() -> dict[pathlib.Path, str]:
    """All files with their texts."""
    result = {}
    for role in DESCRIPTIONS:
        result[ROLES / role / "meta/argument_specs.yml"] = argument_specs(role)
        result[ROLES / role / "meta/main.yml"] = meta(role)
        result[ROLES / role / "README.md"] = readme(role)
    return result


if __name__ == "__main__":
    for path, text in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
