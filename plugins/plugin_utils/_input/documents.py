# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""kubeadm's own YAML documents as the user gives them: taken apart, told apart, nothing looked at inside."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import Fault, KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.document_fields import API_VERSIONS
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.nearest import did_you_mean
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.yaml_loader import load_documents

KUBEADM_GROUP = "kubeadm.k8s.io"
COMPONENTS: t.Mapping[str, str] = {
    "KubeletConfiguration": "kubelet.config.k8s.io/v1beta1",
    "KubeProxyConfiguration": "kubeproxy.config.k8s.io/v1alpha1",
}
# Which kubeadm reads a version and writes the next one.
_TOO_OLD: t.Mapping[str, str] = {
    "v1alpha1": "kubeadm 1.11, which makes v1alpha2 of it, and then of kubeadm 1.12, which makes v1alpha3",
    "v1alpha2": "kubeadm 1.12, which makes v1alpha3 of it",
}
_READ = ("InitConfiguration", "ClusterConfiguration")
# Documents of kubeadm's other commands: a file may serve several of them.
_OTHER_COMMANDS = ("ClusterStatus", "JoinConfiguration", "ResetConfiguration", "UpgradeConfiguration")


class Document(t.NamedTuple):
    """One document. api: the version, without the group. path: how messages call it."""

    kind: str
    api: str
    body: dict[str, t.Any]
    path: str


class Documents(t.NamedTuple):
    """What was found. warnings: documents that are not looked at."""

    documents: list[Document]
    faults: list[Fault]
    warnings: list[str]


class _Value(t.NamedTuple):
    """What one document says, before it is known what it is. path: where it stands, for messages."""

    path: str
    value: t.Any


def _parse(path: str, text: str) -> tuple[list[_Value], list[Fault]]:
    try:
        documents = load_documents(text)
    except KubewrightError as error:
        return [], [Fault(path, f"YAML that cannot be taken ({error})", "YAML documents", "Correct the text.")]
    if len(documents) == 1:
        return [_Value(path, documents[0])], []
    return [_Value("%s, document %d" % (path, number), item) for number, item in enumerate(documents, 1)], []


def is_text(value: str) -> bool:
    """Whether a string is YAML itself rather than the path of a file with it."""
    return "\n" in value or ": " in value or "apiVersion" in value or value.lstrip()[:1] in ("{", "[")


def _values(path: str, given: t.Any, read_file: t.Callable[[str], str]) -> tuple[list[_Value], list[Fault]]:
    if isinstance(given, dict):
        return [_Value(path, given)], []
    if isinstance(given, str) and given.strip():
        if is_text(given):
            return _parse(path, given)
        try:
            return _parse(f"{path} ({given})", read_file(given))
        except KubewrightError as error:
            cure = "Give the path of a file on the controller, or the YAML itself."
            return [], [Fault(path, f"a file that cannot be read ({error})", "a readable file", cure)]
    if isinstance(given, list):
        values: list[_Value] = []
        faults: list[Fault] = []
        for index, item in enumerate(given):
            found, wrong = _values("%s[%d]" % (path, index), item, read_file)
            values += found
            faults += wrong
        return values, faults
    wanted = "a path, a YAML text or a list of documents"
    return [], [Fault(path, f"a value of another type ({type(given).__name__})", wanted, "Give one of them.")]


def _kubeadm_fault(kind: str, api: str, path: str) -> Fault | None:
    if api not in API_VERSIONS:
        readers = _TOO_OLD.get(api)
        found = f"{kind} in the {'too old' if readers else 'unknown'} API version {api}"
        cure = (
            f"Convert it with 'kubeadm config migrate' of {readers}."
            if readers
            else "Take one of these versions." + did_you_mean(api, API_VERSIONS)
        )
        return Fault(path, found, f"{KUBEADM_GROUP}/ " + ", ".join(API_VERSIONS), cure)
    if kind not in _READ:
        cure = "Correct the kind." + did_you_mean(kind, [*_READ, *COMPONENTS])
        return Fault(f"{path}.kind", f"{kind}, unknown to {KUBEADM_GROUP}/{api}", ", ".join(_READ), cure)
    return None


def _told_apart(name: str, place: str, value: t.Any, result: Documents) -> None:
    """Puts one value where it belongs in the result. name: of the variable. place: where in it the value stands."""
    api_version = value.get("apiVersion") if isinstance(value, dict) else None
    kind = value.get("kind") if isinstance(value, dict) else None
    if not isinstance(api_version, str) or not isinstance(kind, str) or not api_version or not kind:
        found = "a document without apiVersion and kind" if isinstance(value, dict) else "a document that is no mapping"
        cure = "Give both in every document; several documents are told apart by lines of ---."
        result.faults.append(Fault(place, found, "documents with apiVersion and kind", cure))
        return
    group, _slash, api = api_version.rpartition("/")
    named = f"{name}: {kind}"
    if group == KUBEADM_GROUP and kind in _OTHER_COMMANDS:
        result.warnings.append(f"{named} is not used: it belongs to another command of kubeadm.")
        return
    if group == KUBEADM_GROUP:
        fault = _kubeadm_fault(kind, api, named)
    elif kind in COMPONENTS or api_version in COMPONENTS.values():
        right = COMPONENTS.get(kind) == api_version
        wanted = ", ".join(f"{version} {name}" for name, version in COMPONENTS.items())
        fault = None if right else Fault(named, api_version, wanted, "Correct apiVersion and kind.")
    else:
        result.warnings.append(
            f"{place}: a document {api_version} {kind} is not used: kubeadm does not know it either."
        )
        return
    if fault is not None:
        result.faults.append(fault)
    elif any(document.kind == kind for document in result.documents):
        result.faults.append(Fault(named, "a second document of this kind", "one of each kind", "Join the two."))
    else:
        body = {key: item for key, item in value.items() if key not in ("apiVersion", "kind")}
        result.documents.append(Document(kind, api, body, named))


def read_documents(path: str, given: t.Any, read_file: t.Callable[[str], str]) -> Documents:
    """The documents of a variable.

    path: the variable's name. given: a path, a YAML text, a mapping, or a list of these.
    read_file: the text of a file on the controller; raises KubewrightError where it cannot be read.
    """
    values, faults = _values(path, given, read_file)
    result = Documents([], faults, [])
    for item in values:
        if item.value is not None:
            _told_apart(path, item.path, item.value, result)
    if not result.faults and not result.documents:
        wanted = ", ".join([*_READ, *COMPONENTS])
        cure = "Give one, or take the variable out."
        result.faults.append(Fault(path, "no document that init reads", wanted, cure))
    return result


__all__ = ("COMPONENTS", "Document", "Documents", "is_text", "read_documents")
