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
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._join.worker import is_of_the_node
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._workflow.phases import PHASES

ROLES = pathlib.Path(__file__).resolve().parents[1] / "roles"
COLLECTION = "kubewright.control_plane"

# What each role does, in one sentence.
DESCRIPTIONS: t.Mapping[str, str] = {
    "init": "Does what kubeadm init does, natively: all phases in order.",
    "config": "Resolves and checks the configuration; every other role depends on it.",
    **{phase.name: phase.description for phase in PHASES},
    "join_control_plane": "Joins a control plane to its cluster as kubeadm join --control-plane does, natively, and brings it in line.",
    "join_worker": "Joins a worker to its cluster as kubeadm join does, natively, and brings it in line.",
    "kubelet_serving": "Approves the request of a kubelet for its serving certificate (serverTLSBootstrap), where it fits the host.",
    "etcd_host": "Makes a host a member of an external etcd, as kubeadm documents it, and brings it in line.",
    "etcd_client": "Gives a control plane the certificates by which it asks an external etcd.",
    "reset": "Takes a node out of its cluster, and Kubernetes off its host, as kubeadm reset does, natively.",
    "render": "Writes what init would write into a folder on the controller, without asking the host.",
}
_NOTES = {
    "join_control_plane": "Takes what it needs to know of the cluster from another control plane, which C(kubewright_join_from) names, or "
    "which is the first other one of its cluster in the group C(control_plane). The variables are those of role "
    "P(kubewright.control_plane.init#role), and are to be the same for all control planes but for those of the node. Run it for one host "
    "after the other (C(serial: 1)).",
    "config": "The variables are documented with role P(kubewright.control_plane.init#role). They are all checked at once by this role, "
    "which is why none is declared here.",
    "kubelet_serving": "The kubelet asks where its configuration has serverTLSBootstrap (C(kubewright_kubelet_configuration)). Approved is "
    "what asks for the names and addresses of the host, and for no others.",
    "etcd_host": "The hosts of the group C(etcd) that are of one cluster form one etcd: the first begins it, and the others join it. Of "
    "the variables of role P(kubewright.control_plane.init#role) those of etcd, of certificates, of the kubelet and of the node have a "
    "say; C(kubewright_etcd_external) has none. Run it for one host after the other (C(serial: 1)).",
    "etcd_client": "Takes them from a host of the group C(etcd) that is of the same cluster and whose member answers, and puts them where "
    "kubeadm documents it: C(etcd/ca.crt), C(apiserver-etcd-client.crt) and C(apiserver-etcd-client.key) in the folder of the "
    "certificates. A client certificate that was renewed there is replaced here.",
    "reset": "The node is taken out of its cluster by the first other control plane of the group C(control_plane) that answers. Run it for "
    "one control plane after the other (C(serial: 1)).",
    "join_worker": "Takes what it needs to know of the cluster from a control plane, which C(kubewright_join_from) names, or which is "
    "the first one of its cluster in the group C(control_plane). Of the variables of role P(kubewright.control_plane.init#role) these "
    "say something of a worker; the others have no say. A worker has no taints where none are declared.",
    "init": "Every variable can also be left to its default. Variables of other names that begin with C(kubewright_) are errors.",
}
# What init alone takes: there is no token to print where a control plane joins.
_OF_INIT = ("kubewright_skip_token_print",)
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
    if role == "kubelet_serving":
        return ["kubewright_join_from"]
    if role == "etcd_client":
        return ["kubewright_certificates_dir"]
    if role == "reset":
        return [name for name, variable in VARIABLES.items() if variable.phases == ("reset",)]
    if role in ("join_control_plane", "etcd_host"):
        others = (("render",), ("reset",))
        return [name for name, variable in VARIABLES.items() if variable.phases not in others and name not in _OF_INIT]
    if role == "join_worker":
        return [name for name in VARIABLES if is_of_the_node(name)]
    own = {"render": ("render",), "join_worker": ("join_worker",), "reset": ("reset",)}
    # A folder that is rendered takes the variables of init as they are, whatever else is among them.
    others = [own["reset"]] if role == "render" else list(own.values())
    return [name for name, variable in VARIABLES.items() if variable.phases not in others]


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
    alone = (
        "config",
        "etcd_client",
        "etcd_host",
        "join_control_plane",
        "join_worker",
        "kubelet_serving",
        "render",
        "reset",
    )
    dependencies = [{"role": f"{COLLECTION}.config"}] if role not in alone else []
    text = yaml.safe_dump({"galaxy_info": info, "dependencies": dependencies}, sort_keys=False, width=95)
    return f"---\n# Made by tests/generate_role_metadata.py.\n{_indent_sequences(text)}"


def readme(role: str) -> str:
    """The text of a role's README.md."""
    group = {"join_worker": "workers", "etcd_host": "etcd"}.get(role, "control_plane")
    return (
        f"# {COLLECTION}.{role}\n\n{DESCRIPTIONS[role]}\n\n"
        f"Its variables and their defaults: `ansible-doc -t role {COLLECTION}.{role}`.\n\n"
        f"```yaml\n- hosts: {group}\n  become: true\n  roles:\n    - {COLLECTION}.{role}\n```\n"
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
