# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bringing API objects to their declared state, against a small API server in memory."""

from __future__ import annotations

import copy
import typing as t

import pytest
import yaml

from ansible_collections.kubewright.control_plane.plugins.module_utils._api import apply
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import ApiError, object_path
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError

Object = dict[str, t.Any]
MASTER, CONTROL_PLANE = "node-role.kubernetes.io/master", "node-role.kubernetes.io/control-plane"


class Server:
    """Objects by path. Fills in defaults, counts versions, knows dry runs and merge patches as the real one does."""

    def __init__(self, *objects: Object, dry_run: bool = True, defaults: Object | None = None) -> None:
        self.objects: dict[str, Object] = {}
        self.writes: list[tuple[str, str]] = []
        self.conflicts = 0
        self._dry_run = dry_run
        self._defaults = defaults or {}
        for found in objects:
            self._store(object_path(found), found)

    def _store(self, path: str, body: Object) -> Object:
        stored = {**self._defaults, **copy.deepcopy(body)}
        old = self.objects.get(path)
        version = str(int(old["metadata"]["resourceVersion"]) + 1) if old is not None else "1"
        stored["metadata"] = dict(stored["metadata"], resourceVersion=version, uid="u", creationTimestamp="then")
        self.objects[path] = stored
        return stored

    def request(
        self, method: str, path: str, body: Object | None = None, query: t.Mapping[str, str] | None = None
    ) -> Object:
        """See Client.request."""
        if method == "GET":
            if path not in self.objects:
                raise ApiError(404, "not found")
            return copy.deepcopy(self.objects[path])
        assert body is not None
        if query:
            if not self._dry_run:
                raise ApiError(400, "the dryRun alpha feature is disabled")
            return {**self._defaults, **copy.deepcopy(body)}
        if self.conflicts:
            self.conflicts -= 1
            raise ApiError(409, "the object has been modified")
        self.writes.append((method, path))
        if method == "POST":
            return self._store("%s/%s" % (path, body["metadata"]["name"]), body)
        if body["metadata"].get("resourceVersion") != self.objects[path]["metadata"]["resourceVersion"]:
            raise ApiError(409, "the object has been modified")
        return self._store(path, body if method == "PUT" else _patched(self.objects[path], body))


def _patched(target: t.Any, patch: t.Any) -> t.Any:
    """RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = _patched(result.get(key), value)
    return result


def _config_map(data: dict[str, str], **metadata: t.Any) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "x", "namespace": "kube-system", **metadata},
        "data": data,
    }


PATH = object_path(_config_map({}))


def test_create() -> None:
    """Breaks the first run: the object is made once, at its collection's path."""
    server = Server()
    change = apply.apply_object(server, _config_map({"a": "1"}), "replace", False)
    assert (change.action, change.kind, change.name, change.before) == ("created", "ConfigMap", "kube-system/x", None)
    assert server.writes == [("POST", "/api/v1/namespaces/kube-system/configmaps")]
    assert apply.apply_object(server, _config_map({"a": "1"}), "replace", False).action == "unchanged"


@pytest.mark.parametrize("exists", [False, True])
def test_check_mode_says_what_the_run_does_and_writes_nothing(exists: bool) -> None:
    """Breaks the promise that the plan is true."""
    objects = [_config_map({"a": "0"})] if exists else []
    planned_at, real_at = Server(*objects), Server(*objects)
    wanted = _config_map({"a": "1"}, labels={"l": "1"})
    planned = apply.apply_object(planned_at, wanted, "replace", True)
    real = apply.apply_object(real_at, wanted, "replace", False)
    assert planned == real
    assert (planned_at.writes, len(real_at.writes)) == ([], 1)


def test_fields_that_the_server_fills_in_are_no_difference() -> None:
    """Breaks the second run for every Deployment, whose server adds defaults."""
    server = Server(defaults={"immutable": False, "status": {"phase": "x"}})
    wanted = _config_map({"a": "1"})
    apply.apply_object(server, wanted, "replace", False)
    assert apply.apply_object(server, wanted, "replace", False).action == "unchanged"
    assert len(server.writes) == 1


def test_update_removes_what_is_not_declared_and_keeps_others_metadata() -> None:
    """Breaks drift correction, or takes away labels and annotations of somebody else."""
    server = Server(_config_map({"a": "0", "old": "x"}, labels={"theirs": "1", "ours": "0"}, annotations={"n": "1"}))
    change = apply.apply_object(server, _config_map({"a": "1"}, labels={"ours": "1"}), "replace", False)
    live = server.objects[PATH]
    assert (change.action, live["data"]) == ("updated", {"a": "1"})
    assert (live["metadata"]["labels"], live["metadata"]["annotations"]) == ({"theirs": "1", "ours": "1"}, {"n": "1"})
    assert change.before is not None
    assert "resourceVersion" not in change.before["metadata"]


KUBECONFIG = "apiVersion: v1\nclusters: []\nkind: Config\n"


@pytest.mark.parametrize(
    ("live", "wanted", "action"),
    [
        (KUBECONFIG + "preferences: {}\n", KUBECONFIG, "unchanged"),
        (KUBECONFIG, KUBECONFIG + "preferences: {}\n", "unchanged"),
        (KUBECONFIG + "preferences:\n  colors: true\n", KUBECONFIG, "updated"),
        ("kind: Other\npreferences: {}\n", "kind: Other\n", "updated"),
    ],
    ids=["written before", "not written before", "real ones", "of another kind"],
)
def test_empty_preferences_of_a_kubeconfig_mean_none(live: str, wanted: str, action: str) -> None:
    """Breaks when cluster-info counts as changed because another version wrote it, or a real difference does not."""
    server = Server(_config_map({"kubeconfig": live}))
    assert apply.apply_object(server, _config_map({"kubeconfig": wanted}), "merge", False).action == action


@pytest.mark.parametrize(("conflicts", "fine"), [(1, True), (4, True), (5, False)])
def test_conflicts_are_tried_again(conflicts: int, fine: bool) -> None:
    """Breaks when a controller's write in between fails the run, or a lasting conflict is tried for ever."""
    server = Server(_config_map({"a": "0"}))
    server.conflicts = conflicts
    if fine:
        assert apply.apply_object(server, _config_map({"a": "1"}), "replace", False).action == "updated"
    else:
        with pytest.raises(KubewrightError, match=r"ConfigMap kube-system/x cannot be brought .* 409"):
            apply.apply_object(server, _config_map({"a": "1"}), "replace", False)


def test_a_refusal_names_the_object_and_the_servers_words() -> None:
    """Breaks the message when the server says no."""

    class Forbidding(Server):
        def request(self, *_arguments: t.Any, **_more: t.Any) -> Object:
            raise ApiError(403, "no rights")

    with pytest.raises(KubewrightError, match=r"ConfigMap kube-system/x .*403.*no rights"):
        apply.apply_object(Forbidding(), _config_map({}), "replace", False)


def test_a_server_without_dry_run() -> None:
    """Breaks 1.12, whose server refuses dryRun: declared values decide there, and nothing is written in between."""
    server = Server(_config_map({"a": "1"}), dry_run=False, defaults={"immutable": False})
    assert apply.apply_object(server, _config_map({"a": "1"}), "replace", False).action == "unchanged"
    assert server.writes == []
    assert apply.apply_object(server, _config_map({"a": "2"}), "replace", False).action == "updated"


def test_any_other_bad_request_is_an_error() -> None:
    """Breaks when a refused object counts as a server without dry run."""

    class Refusing(Server):
        def request(self, method: str, *arguments: t.Any, **more: t.Any) -> Object:
            if method == "PUT":
                raise ApiError(400, "bad field")
            return super().request(method, *arguments, **more)

    with pytest.raises(KubewrightError, match="bad field"):
        apply.apply_object(Refusing(_config_map({"a": "1"})), _config_map({"a": "2"}), "replace", False)


def test_policy_create_leaves_an_existing_object_alone() -> None:
    """Breaks a Corefile that its user has edited."""
    server = Server(_config_map({"Corefile": "mine"}))
    assert apply.apply_object(server, _config_map({"Corefile": "default"}), "create", False).action == "unchanged"
    assert server.objects[PATH]["data"] == {"Corefile": "mine"}


def test_policy_merge_keeps_the_signatures() -> None:
    """Breaks kubeadm join while the signatures in cluster-info are gone."""
    server = Server(_config_map({"kubeconfig": "old", "jws-kubeconfig-abcdef": "sig"}))
    change = apply.apply_object(server, _config_map({"kubeconfig": "new"}), "merge", False)
    assert change.action == "updated"
    assert server.objects[PATH]["data"] == {"kubeconfig": "new", "jws-kubeconfig-abcdef": "sig"}
    assert apply.apply_object(server, _config_map({"kubeconfig": "new"}), "merge", False).action == "unchanged"


def test_text_of_the_same_meaning_stays_with_its_hash() -> None:
    """Breaks the second run after kubeadm wrote the same configuration in another style, or kubeadm's next upgrade."""
    live = _config_map({"kubelet": "b: 2\na: 1\n"}, annotations={apply.CONFIG_HASH: "sha256:theirs"})
    wanted = _config_map({"kubelet": "a: 1\nb: 2\n"}, annotations={apply.CONFIG_HASH: "sha256:ours"})
    server = Server(live)
    assert apply.apply_object(server, wanted, "replace", False).action == "unchanged"
    wanted["data"]["kubelet"] = "a: 9\n"
    assert apply.apply_object(server, wanted, "replace", False).action == "updated"
    assert server.objects[PATH]["metadata"]["annotations"] == {apply.CONFIG_HASH: "sha256:ours"}


def test_texts_that_are_no_yaml_values_are_compared_as_they_are() -> None:
    """Breaks when a plain text whose spaces changed counts as the same."""
    server = Server(_config_map({"motd": "hello  "}))
    assert apply.apply_object(server, _config_map({"motd": "hello"}), "replace", False).action == "updated"


def _status(**nodes: str) -> str:
    endpoints = {name: {"advertiseAddress": address, "bindPort": 6443} for name, address in nodes.items()}
    return yaml.safe_dump({"apiEndpoints": endpoints, "apiVersion": "kubeadm.k8s.io/v1beta2", "kind": "ClusterStatus"})


def test_other_control_planes_stay_in_cluster_status() -> None:
    """Breaks clusters of several control planes until 1.21, whose other endpoints would vanish."""
    server = Server(_config_map({"ClusterStatus": _status(cp1="192.0.2.1", cp2="2001:db8::2")}))
    wanted = _config_map({"ClusterStatus": _status(cp1="192.0.2.9")})
    assert apply.apply_object(server, wanted, "replace", False).action == "updated"
    status = yaml.safe_load(server.objects[PATH]["data"]["ClusterStatus"])
    assert {name: item["advertiseAddress"] for name, item in status["apiEndpoints"].items()} == {
        "cp1": "192.0.2.9",
        "cp2": "2001:db8::2",
    }
    assert (status["kind"], status["apiEndpoints"]["cp2"]["bindPort"]) == ("ClusterStatus", 6443)
    assert apply.apply_object(server, wanted, "replace", False).action == "unchanged"


@pytest.mark.parametrize("live", ["", "x", "- 1", "apiEndpoints: null", "{", "apiEndpoints: []"])
def test_a_damaged_cluster_status_is_replaced(live: str) -> None:
    """Breaks the run with a traceback when somebody emptied the entry."""
    server = Server(_config_map({"ClusterStatus": live}))
    apply.apply_object(server, _config_map({"ClusterStatus": _status(cp1="192.0.2.1")}), "replace", False)
    status = yaml.safe_load(server.objects[PATH]["data"]["ClusterStatus"])
    assert list(status["apiEndpoints"]) == ["cp1"]


def test_a_service_account_keeps_its_tokens() -> None:
    """Breaks pods of old minors, whose token Secrets the controller lists in the account."""
    account: Object = {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": "x", "namespace": "kube-system"},
    }
    server = Server(dict(account, secrets=[{"name": "x-token-1"}], imagePullSecrets=[{"name": "pull"}]))
    assert apply.apply_object(server, account, "replace", False).action == "unchanged"
    changed = dict(account, metadata=dict(account["metadata"], labels={"a": "1"}))
    apply.apply_object(server, changed, "replace", False)
    live = server.objects[object_path(account)]
    assert (live["secrets"], live["imagePullSecrets"]) == ([{"name": "x-token-1"}], [{"name": "pull"}])


def _node(labels: dict[str, str], taints: list[Object], **metadata: t.Any) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": "cp1", "labels": labels, **metadata},
        "spec": {"taints": taints},
    }


def _taint(key: str, effect: str = "NoSchedule", **more: str) -> Object:
    return {"key": key, "effect": effect, **more}


@pytest.mark.parametrize(
    ("live", "wanted", "taints"),
    [
        ([], [_taint(MASTER)], [_taint(MASTER)]),
        ([_taint(MASTER)], [_taint(MASTER)], None),
        ([_taint(MASTER)], [_taint(CONTROL_PLANE)], [_taint(CONTROL_PLANE)]),
        ([_taint(CONTROL_PLANE)], [], []),
        ([_taint("mine"), _taint(MASTER)], [_taint(CONTROL_PLANE)], [_taint(CONTROL_PLANE), _taint("mine")]),
        ([_taint("mine")], [], None),
        ([_taint("mine", value="a")], [_taint("mine", value="b")], [_taint("mine", value="b")]),
        ([_taint("mine", "NoExecute")], [_taint("mine")], [_taint("mine"), _taint("mine", "NoExecute")]),
        ([_taint("n", "NoExecute", timeAdded="then")], [_taint("n", "NoExecute")], None),
    ],
)
def test_taints(live: list[Object], wanted: list[Object], taints: list[Object] | None) -> None:
    """K10.3: breaks when a declared taint is missing, an old role's stays, somebody else's goes, or one stands twice

    (the API server refuses two taints of one key and effect).
    """
    server = Server(_node({}, live))
    change = apply.apply_object(server, _node({}, wanted), "node", False)
    assert change.action == ("unchanged" if taints is None else "updated")
    assert server.objects[object_path(_node({}, []))]["spec"]["taints"] == (live if taints is None else taints)
    assert apply.apply_object(server, _node({}, wanted), "node", False).action == "unchanged"


def test_labels_and_annotations_of_a_node() -> None:
    """K10.3: breaks when the role's labels are missing or the kubelet's own are lost; check mode plans the same."""
    live, wanted = _node({"kubernetes.io/hostname": "cp1"}, []), _node({MASTER: ""}, [], annotations={"a": "1"})
    server = Server(live)
    planned = apply.apply_object(server, wanted, "node", True)
    assert server.writes == []
    assert apply.apply_object(server, wanted, "node", False) == planned
    metadata = server.objects["/api/v1/nodes/cp1"]["metadata"]
    assert metadata["labels"] == {"kubernetes.io/hostname": "cp1", MASTER: ""}
    assert metadata["annotations"] == {"a": "1"}


def test_a_node_that_is_not_there() -> None:
    """Breaks the message while the kubelet is down; check mode on a blank host plans a change."""
    with pytest.raises(KubewrightError, match=r"Node cp1 is not registered.*journalctl"):
        apply.apply_object(Server(), _node({}, []), "node", False)
    assert apply.apply_object(Server(), _node({}, []), "node", True).action == "updated"


@pytest.mark.parametrize(
    ("wanted", "live", "subset"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, True),
        ({"a": 1}, {"a": 2}, False),
        ({"a": [{"b": 1}]}, {"a": [{"b": 1, "c": 2}]}, True),
        ({"a": [1]}, {"a": [1, 2]}, False),
        ({"a": {}}, {"a": None}, False),
        ({"a": None}, {}, False),
        (1, True, False),
    ],
)
def test_is_subset(wanted: t.Any, live: t.Any, subset: bool) -> None:
    """Breaks what counts as declared on servers without dry run."""
    assert apply.is_subset(wanted, live) is subset
