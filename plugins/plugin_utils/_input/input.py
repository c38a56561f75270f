# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The user's input: variables and kubeadm's documents, checked value by value and laid into one shape."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.bootstrap_token import DEFAULT_GROUP, USAGES
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import Fault, KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.values import merged
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input import soundness, targets
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.document_fields import (
    DocumentField,
    elsewhere,
    fields,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.documents import (
    COMPONENTS,
    Document,
    Documents,
    read_documents,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.nearest import did_you_mean
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.targets import Target
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.variables import (
    PREFIX,
    VARIABLES,
    default_of,
)

Values = dict[str, t.Any]

# A variable's fields win over a document's, and the document's other fields stay. Any other variable replaces the
# whole value of the document.
_MERGED = (targets.KUBELET_CONFIGURATION, targets.KUBE_PROXY_CONFIGURATION, targets.FEATURE_GATES)
_VARIABLE_OF = {variable.target: name for name, variable in VARIABLES.items()}


def no_file(path: str) -> str:
    """Stands for a controller whose files cannot be read."""
    raise KubewrightError(f"{path} cannot be read here")


class Input(t.NamedTuple):
    """The checked input.

    values: what was given, by where it lies in the resolved configuration. names: how messages call each of them.
    parts: of a value that is put together from several places, the name and the fields of each; later ones win.
    """

    values: dict[Target, t.Any]
    names: dict[Target, str]
    parts: dict[Target, list[tuple[str, Values]]]
    faults: list[Fault]
    warnings: list[str]

    def get(self, target: Target, default: t.Any = None) -> t.Any:
        """A value that was given, or the default."""
        return self.values.get(target, default)

    def value(self, target: Target) -> t.Any:
        """A value that was given, or the default of its variable; None where that is worked out."""
        return self.values.get(target, default_of(target))

    def name(self, target: Target) -> str:
        """How a message calls a setting: by where it was given, else by the variable that would set it."""
        return self.names.get(target) or _VARIABLE_OF.get(target) or ".".join(target)

    def field_name(self, target: Target, field: str) -> str:
        """How a message calls one field of a value that is put together: by the place that it was given in last."""
        names = [name for name, part in self.parts.get(target, []) if field in part]
        return f"{names[-1] if names else self.name(target)}.{field}"

    def has_fault(self, target: Target) -> bool:
        """Whether a setting was given and is wrong, so that its default must not be complained of."""
        return any(fault.path == self.name(target) for fault in self.faults)

    def section(self, *prefix: str) -> Values:
        """What was given below a place, as nested dictionaries."""
        result: Values = {}
        for target, value in self.values.items():
            if target[: len(prefix)] == prefix and len(target) > len(prefix):
                inner = result
                for key in target[len(prefix) : -1]:
                    inner = inner.setdefault(key, {})
                inner[target[-1]] = value
        return result

    def given_below(self, *prefix: str) -> list[Target]:
        """The settings that were given below a place, in the order of their names."""
        found = [target for target in self.values if target[: len(prefix)] == prefix]
        return sorted(found, key=self.name)


def _is_unset(value: t.Any) -> bool:
    # Documents that kubeadm prints hold empty texts where nothing is set, and so do variables of inventories.
    return value is None or value == ""


def _lay_down(result: Input, field: DocumentField, path: str, value: t.Any) -> None:
    checked, faults = field.check(path, value)
    result.faults.extend(faults)
    if field.target is not None and faults:
        result.names[field.target] = path
    if faults or checked is None:
        return
    pairs = field.spread(checked) if field.spread is not None else [(t.cast(Target, field.target), checked)]
    for target, item in pairs:
        _put(result, target, path, item)


def _put(result: Input, target: Target, name: str, value: t.Any) -> None:
    """Puts a checked value where it belongs. name: how messages call it."""
    result.names[target] = name
    if target in _MERGED:
        result.parts.setdefault(target, []).append((name, value))
        value = merged(result.values.get(target) or {}, value)
    result.values[target] = value


def _read_fields(
    result: Input, document: Document, known: t.Mapping[str, DocumentField], prefix: str, body: Values
) -> None:
    """Reads the fields of a document from one mapping on; nested mappings in turn."""
    level = {path[len(prefix) :].split(".")[0] for path in known if path.startswith(prefix)}
    for key, value in body.items():
        path = f"{document.path}.{prefix}{key}"
        if key not in level:
            hint = elsewhere(document.kind, f"{prefix}{key}") or did_you_mean(str(key), sorted(level))
            result.faults.append(
                Fault(path, f"a field unknown to {document.api}", ", ".join(sorted(level)), "Take it out." + hint)
            )
        elif _is_unset(value):
            continue
        elif f"{prefix}{key}" in known:
            _lay_down(result, known[f"{prefix}{key}"], path, value)
        elif isinstance(value, dict):
            _read_fields(result, document, known, f"{prefix}{key}.", value)
        else:
            found = f"a value of another type ({type(value).__name__})"
            result.faults.append(Fault(path, found, "a mapping", "Give the fields below it."))


def _read_document(result: Input, document: Document) -> None:
    if document.kind in COMPONENTS:
        _put(result, (document.kind,), document.path, document.body)
        return
    _read_fields(result, document, fields(document.kind, document.api), "", document.body)


def _read_variable(result: Input, name: str, value: t.Any) -> None:
    variable = VARIABLES.get(name)
    if variable is None:
        cure = "Take it out or correct its name." + did_you_mean(name, list(VARIABLES))
        result.faults.append(
            Fault(name, "an unknown variable", "the variables in the documentation of role init", cure)
        )
        return
    faults = soundness.faults(name, value)
    checked = None
    if not faults:
        checked, faults = variable.check(name, value)
    result.faults.extend(faults)
    if not faults:
        _put(result, variable.target, name, checked)
        return
    # What a document says does not count in place of a wrong variable.
    result.names[variable.target] = name
    result.values.pop(variable.target, None)
    result.parts.pop(variable.target, None)


def _given_gates(result: Input) -> None:
    """The gates of 1.12 and 1.13 that stand for a setting here, where the setting itself was not given."""
    gates = result.values.get(targets.FEATURE_GATES) or {}
    for gate, target, value in (
        ("Auditing", targets.AUDIT_ENABLED, gates.get("Auditing")),
        ("CoreDNS", targets.DNS_TYPE, "CoreDNS" if gates.get("CoreDNS") else "kube-dns"),
    ):
        if gate in gates and target not in result.values:
            result.values[target] = value
            result.names[target] = result.field_name(targets.FEATURE_GATES, gate)


def _token_faults(result: Input) -> list[Fault]:
    """Contradictions inside a bootstrap token."""
    faults = []
    unnamed: list[str] = []
    for index, token in enumerate(result.get(targets.BOOTSTRAP_TOKENS) or []):
        path = f"{result.name(targets.BOOTSTRAP_TOKENS)}[{index}]"
        if token.get("ttl") and token.get("expires"):
            faults.append(Fault(path, "both ttl and expires", "one of the two", "Take one out."))
        if token.get("groups") and "authentication" not in token.get("usages", ["authentication"]):
            cure = "Add authentication to its usages, or take the groups out."
            faults.append(Fault(f"{path}.groups", "groups of a token that cannot log in", "none", cure))
        if not token.get("token"):
            unnamed.append(path)
            groups = token.get("groups", [DEFAULT_GROUP])
            if not set(USAGES) <= set(token.get("usages", USAGES)) or DEFAULT_GROUP not in groups:
                cure = "Give its value: without it, a second run could not know it again."
                faults.append(
                    Fault(f"{path}.token", "nothing", "a value, since it is no token to join nodes with", cure)
                )
    for path in unnamed[1:]:
        cure = "Give its value."
        faults.append(Fault(f"{path}.token", "nothing", "a value: one token at most is made at random", cure))
    return faults


def read_input(variables: t.Mapping[str, t.Any], read_file: t.Callable[[str], str] = no_file) -> Input:
    """Checks the user's variables and documents one by one.

    variables: all that begin with the prefix; C(None) and an empty text count as not given. Variables win over documents.
    read_file: the text of a file on the controller; raises KubewrightError where it cannot be read.
    """
    result = Input({}, {}, {}, [], [])
    documents_variable = _VARIABLE_OF[targets.KUBEADM_CONFIG]
    given = variables.get(documents_variable)
    if not _is_unset(given):
        unsound = soundness.faults(documents_variable, given)
        result.faults.extend(unsound)
        found = Documents([], [], []) if unsound else read_documents(documents_variable, given, read_file)
        result.faults.extend(found.faults)
        result.warnings.extend(found.warnings)
        for document in found.documents:
            _read_document(result, document)
    for name in sorted(variables):
        if name != documents_variable and not _is_unset(variables[name]):
            _read_variable(result, name, variables[name])
    _given_gates(result)
    result.faults.extend(_token_faults(result))
    return result


__all__ = ("PREFIX", "Input", "no_file", "read_input")
