# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Brings API objects to their declared state; what changed comes out of one comparison."""

from __future__ import annotations

import copy
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import (
    ApiError,
    Client,
    Object,
    collection_path,
    object_path,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.kept import MANAGER, laid_over, owned_fields
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.values import same_value, value_digest
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.yaml_reader import Unreadable, read_yaml

CONFIG_HASH = "kubeadm.kubernetes.io/component-config.hash"
_VOLATILE = ("creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid")
# Counters of the controllers.
_VOLATILE_ANNOTATIONS = ("deprecated.daemonset.template.generation", "deployment.kubernetes.io/revision")
_WORKLOADS = ("DaemonSet", "Deployment")
_CONFLICT_TRIES = 5
_Answer = t.TypeVar("_Answer")
# Who the server notes as the one that declares these fields; servers that do not know it pass over it.
_AS_MANAGER = {"fieldManager": MANAGER}
# A role's taint that is not declared is taken away; all other taints belong to somebody else.
_ROLE_TAINTS = ("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master")


class AppliedObject(t.NamedTuple):
    """The outcome for one object. action: C(created), C(updated) or C(unchanged); before and after without noise."""

    kind: str
    name: str
    action: str
    before: Object | None
    after: Object | None


class Update(t.NamedTuple):
    """How an object comes to its declared state.

    version: a mark of what is there, or None where nothing is. request: method, path and body of what is to be written, or None.
    removal: the same of what is to be removed before it, or None.
    """

    change: AppliedObject
    version: str | None
    request: tuple[str, str, Object] | None
    removal: tuple[str, str, Object] | None = None


class Stale(Exception):
    """An object is no longer as it was read; nothing was written. Its text: kind and name."""


def display_name(wanted: Object) -> str:
    """C(namespace/name), or the name alone."""
    metadata = wanted["metadata"]
    return (
        "{}/{}".format(metadata["namespace"], metadata["name"]) if metadata.get("namespace") else str(metadata["name"])
    )


def normal_form(found: Object) -> Object:
    """An object without what the server keeps for itself."""
    result = copy.deepcopy(found)
    result.pop("status", None)
    metadata = result.get("metadata", {})
    for key in _VOLATILE:
        metadata.pop(key, None)
    for key in _VOLATILE_ANNOTATIONS:
        (metadata.get("annotations") or {}).pop(key, None)
    for key in ("annotations", "labels"):
        if not metadata.get(key):
            metadata.pop(key, None)
    return result


def created(wanted: Object) -> AppliedObject:
    """The outcome for an object that is absent."""
    return AppliedObject(wanted["kind"], display_name(wanted), "created", None, normal_form(wanted))


def _meaning(text: t.Any) -> t.Any:
    """What a text says. A kubeconfig with empty preferences says what one without them does."""
    document = read_yaml(text)
    if isinstance(document, dict) and document.get("kind") == "Config" and document.get("preferences") == {}:
        return {key: value for key, value in document.items() if key != "preferences"}
    return document


def _same_meaning(one: t.Any, other: t.Any) -> bool:
    if one == other:
        return True
    try:
        return same_value(_meaning(one), _meaning(other)) and not isinstance(read_yaml(one), str)
    except (Unreadable, AttributeError):
        return False


def _merged_status(live: str, wanted: str) -> str:
    """ClusterStatus with the endpoints of the other control planes kept."""
    try:
        endpoints = dict((read_yaml(live) or {}).get("apiEndpoints") or {})
        document = read_yaml(wanted)
    except (Unreadable, AttributeError, TypeError):
        return wanted
    endpoints.update(document["apiEndpoints"])
    lines = ["apiEndpoints:"]
    for node in sorted(name for name in endpoints if isinstance(endpoints[name], dict)):
        lines += [
            f"  {node}:",
            "    advertiseAddress: {}".format(_scalar(endpoints[node].get("advertiseAddress"))),
            "    bindPort: {}".format(endpoints[node].get("bindPort")),
        ]
    return "\n".join([*lines, "apiVersion: {}".format(document["apiVersion"]), "kind: ClusterStatus", ""])


def _scalar(value: t.Any) -> str:
    return f'"{value}"' if ":" in str(value) else str(value)


def desired_state(live: Object, wanted: Object, policy: str) -> Object:
    """The object to send for an existing one: what is declared, with what others added to its metadata and its pods kept.

    policy: C(replace), C(merge) where others own further keys of its data, or C(keep_replicas).
    """
    result = copy.deepcopy(wanted)
    if wanted["kind"] in _WORKLOADS and isinstance(live.get("spec"), dict):
        owned = owned_fields(live).get("f:spec", {})
        result["spec"] = laid_over("spec", live["spec"], wanted["spec"], owned)
        if policy == "keep_replicas" and isinstance(live["spec"].get("replicas"), int):
            result["spec"]["replicas"] = live["spec"]["replicas"]
    live_metadata = live["metadata"]
    metadata = copy.deepcopy(live_metadata)
    for key in ("annotations", "labels"):
        combined = dict(live_metadata.get(key) or {}, **(wanted["metadata"].get(key) or {}))
        if combined:
            metadata[key] = combined
    metadata.pop("managedFields", None)
    result["metadata"] = metadata
    if wanted["kind"] == "ServiceAccount":
        # Token controllers own these two lists.
        for key in ("secrets", "imagePullSecrets"):
            if key in live:
                result[key] = copy.deepcopy(live[key])
    data, live_data = result.get("data"), live.get("data") or {}
    if isinstance(data, dict):
        if policy == "merge":
            data = result["data"] = dict(live_data, **data)
        if "ClusterStatus" in data and "ClusterStatus" in live_data:
            data["ClusterStatus"] = _merged_status(live_data["ClusterStatus"], data["ClusterStatus"])
        for key in data:
            if key in live_data and _same_meaning(live_data[key], data[key]):
                data[key] = live_data[key]
        kept = live_metadata.get("annotations", {}).get(CONFIG_HASH)
        if data == live_data and kept:
            # The hash is over the text, and the text with the same meaning stays.
            metadata["annotations"][CONFIG_HASH] = kept
    return result


def is_subset(wanted: t.Any, live: t.Any) -> bool:
    """Whether every declared value stands in the live one; lists are compared item by item."""
    if isinstance(wanted, dict):
        return isinstance(live, dict) and all(
            key in live and is_subset(value, live[key]) for key, value in wanted.items()
        )
    if isinstance(wanted, list):
        return isinstance(live, list) and len(wanted) == len(live) and all(map(is_subset, wanted, live))
    return same_value(wanted, live)


def look(client: Client, wanted: Object, policy: str) -> Update:
    """Asks the server what an update would bring, and writes nothing.

    policy: C(replace) makes it as declared; C(keep_replicas) too, but for how many pods there are; C(merge) keeps other keys of its
    data; C(create) leaves an existing one alone; C(node) sets labels, annotations and taints of a Node.
    Raises ApiError where the server refuses; see C(refusal).
    """
    return _repeated(lambda: _look(client, wanted, policy))


def refusal(wanted: Object, error: ApiError) -> KubewrightError:
    """What is said of an object that the server refuses."""
    return KubewrightError(
        "{} {} cannot be brought to its declared state: {}".format(wanted["kind"], display_name(wanted), error)
    )


def apply_object(
    client: Client, wanted: Object, policy: str, check_mode: bool, *, unseen: bool = True, expected: str | None = None
) -> AppliedObject:
    """Creates or updates one object. policy: see C(look).

    unseen: takes whatever is there; otherwise expected is the version that was read, or None where the object was absent.
    Raises Stale where it is no longer so, KubewrightError where the server refuses.
    """

    def attempt() -> AppliedObject:
        update = _look(client, wanted, policy)
        name = display_name(wanted)
        if not unseen and update.version != expected:
            raise Stale(f"{update.change.kind} {name}")
        if check_mode:
            return update.change
        if policy == "node" and update.version is None:
            raise KubewrightError(
                f"Node {name} is not registered: see 'journalctl -u kubelet' on the host for the cause"
            )
        if update.removal is not None:
            client.request(*update.removal)
        if update.request is not None:
            client.request(*update.request, query=_AS_MANAGER)
        return update.change

    try:
        return _repeated(attempt)
    except ApiError as error:
        raise refusal(wanted, error) from None


def _repeated(attempt: t.Callable[[], _Answer]) -> _Answer:
    """Tries again where somebody else has written in between."""
    for _number in range(_CONFLICT_TRIES - 1):
        try:
            return attempt()
        except ApiError as error:
            if error.status != 409:
                raise
    return attempt()


def _get(client: Client, wanted: Object) -> Object | None:
    try:
        return client.request("GET", object_path(wanted))
    except ApiError as error:
        if error.status == 404:
            return None
        raise


def _version(live: Object, wanted: Object, policy: str) -> str:
    """A mark of what was seen of an object: of what others write beside it, nothing."""
    if wanted["kind"] == "Secret":
        # A digest would let guesses of the secret be tried.
        return "version " + str(live["metadata"]["resourceVersion"])
    seen = normal_form(live)
    if policy == "merge":
        seen["data"] = {key: value for key, value in (live.get("data") or {}).items() if key in wanted["data"]}
    return value_digest(seen)


def _look(client: Client, wanted: Object, policy: str) -> Update:
    if policy == "node":
        return _look_at_node(client, wanted)
    kind, name = wanted["kind"], display_name(wanted)
    live = _get(client, wanted)
    if live is None:
        path = collection_path(kind, wanted["metadata"].get("namespace"))
        return Update(created(wanted), None, ("POST", path, wanted))
    live.update(apiVersion=wanted["apiVersion"], kind=kind)
    before, version = normal_form(live), _version(live, wanted, policy)
    unchanged = Update(AppliedObject(kind, name, "unchanged", before, before), version, None)
    if policy == "create":
        return unchanged
    desired = desired_state(live, wanted, policy)
    if same_value(normal_form(desired), before):
        # Of what is there already, default values and all, a server makes nothing else.
        return unchanged
    if not same_value(live.get("roleRef"), wanted.get("roleRef")):
        return _bound_anew(live, wanted, desired, version)
    try:
        after = normal_form(client.request("PUT", object_path(wanted), desired, {"dryRun": "All", **_AS_MANAGER}))
        after.update(apiVersion=wanted["apiVersion"], kind=kind)
        same = same_value(after, before)
    except ApiError as error:
        if error.status != 400 or "dryRun" not in error.message:
            raise
        # Servers of 1.12 have no dry run: defaulted fields cannot be told from removed ones there.
        after = normal_form(desired)
        same = is_subset(after, before)
    if same:
        return unchanged
    return Update(AppliedObject(kind, name, "updated", before, after), version, ("PUT", object_path(wanted), desired))


def _bound_anew(live: Object, wanted: Object, desired: Object, version: str) -> Update:
    """A binding to another role: the server lets nobody change that of one which is there (k8s.io/kubernetes, pkg/apis/rbac/validation)."""
    kind, metadata = wanted["kind"], live["metadata"]
    after = normal_form(desired)
    change = AppliedObject(kind, display_name(wanted), "updated", normal_form(live), after)
    removal = {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": metadata["uid"]}}
    path = collection_path(kind, wanted["metadata"].get("namespace"))
    return Update(change, version, ("POST", path, after), ("DELETE", object_path(wanted), removal))


def node_patch(live: Object, wanted: Object) -> Object:
    """The merge patch that gives a Node its labels, annotations and taints; empty where it has them.

    The declared taints come first, as with kubeadm, and others stay behind them.
    """
    patch: Object = {}
    metadata: Object = {}
    for key in ("labels", "annotations"):
        present = live["metadata"].get(key) or {}
        missing = {
            name: value for name, value in (wanted["metadata"].get(key) or {}).items() if present.get(name) != value
        }
        if missing:
            metadata[key] = missing
    taints = (wanted.get("spec") or {}).get("taints") or []
    present_taints = (live.get("spec") or {}).get("taints") or []
    kept = [taint for taint in present_taints if any(is_subset(declared, taint) for declared in taints)]
    # Key and effect are a taint's identity: one with another value is the declared one in an older form.
    replaced = {(taint["key"], taint["effect"]) for taint in taints}
    others = [
        taint
        for taint in present_taints
        if (taint["key"], taint["effect"]) not in replaced and taint["key"] not in _ROLE_TAINTS
    ]
    if len(kept) != len(taints) or len(kept) + len(others) != len(present_taints):
        patch["spec"] = {"taints": taints + others}
    if metadata or patch:
        # With the version that was read: a change by somebody else in between becomes a conflict and is tried again.
        patch["metadata"] = dict(metadata, resourceVersion=live["metadata"]["resourceVersion"])
    return patch


def _node_view(node: Object) -> Object:
    return {
        "metadata": {key: node["metadata"].get(key) or {} for key in ("annotations", "labels")},
        "spec": {"taints": (node.get("spec") or {}).get("taints") or []},
    }


def _node_version(view: Object, wanted: Object) -> str:
    """A mark of what is declared of a Node. Labels, annotations and taints of others come and go all the time."""
    declared = _node_view(wanted)
    seen: dict[str, t.Any] = {
        key: {name: value for name, value in view["metadata"][key].items() if name in declared["metadata"][key]}
        for key in ("annotations", "labels")
    }
    identities = [(taint["key"], taint["effect"]) for taint in declared["spec"]["taints"]]
    seen["taints"] = [
        taint
        for taint in view["spec"]["taints"]
        if taint["key"] in _ROLE_TAINTS or (taint["key"], taint["effect"]) in identities
    ]
    return value_digest(seen)


def _look_at_node(client: Client, wanted: Object) -> Update:
    name = display_name(wanted)
    live = _get(client, wanted)
    if live is None:
        return Update(AppliedObject("Node", name, "updated", None, _node_view(wanted)), None, None)
    patch = node_patch(live, wanted)
    before = _node_view(live)
    version = _node_version(before, wanted)
    if not patch:
        return Update(AppliedObject("Node", name, "unchanged", before, before), version, None)
    after = copy.deepcopy(before)
    for key in ("labels", "annotations"):
        after["metadata"][key].update(patch["metadata"].get(key) or {})
    after["spec"].update(patch.get("spec") or {})
    return Update(AppliedObject("Node", name, "updated", before, after), version, ("PATCH", object_path(wanted), patch))


__all__ = (
    "CONFIG_HASH",
    "AppliedObject",
    "Stale",
    "Update",
    "apply_object",
    "created",
    "desired_state",
    "display_name",
    "is_subset",
    "look",
    "node_patch",
    "normal_form",
    "refusal",
)
