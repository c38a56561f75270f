# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bringing API objects to their declared state, against a small API server in memory."""

from __future__ import annotations

import typing as t

import pytest
import yaml
from objects_in_memory import Object, Server, config_map

from ansible_collections.kubewright.control_plane.plugins.module_utils._api import apply
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import ApiError, object_path
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError

MASTER, CONTROL_PLANE = "node-role.kubernetes.io/master", "node-role.kubernetes.io/control-plane"


PATH = object_path(config_map({}))


def test_create() -> None:
    """Breaks the first run: the object is made once, at its collection's path."""
    server = Server()
    change = apply.apply_object(server, config_map({"a": "1"}), "replace", False)
    assert (change.action, change.kind, change.name, change.before) == ("created", "ConfigMap", "kube-system/x", None)
    assert server.writes == [("POST", "/api/v1/namespaces/kube-system/configmaps")]
    assert apply.apply_object(server, config_map({"a": "1"}), "replace", False).action == "unchanged"


@pytest.mark.parametrize("exists", [False, True])
def test_check_mode_says_what_the_run_does_and_writes_nothing(exists: bool) -> None:
    """Breaks the promise that the plan is true."""
    objects = [config_map({"a": "0"})] if exists else []
    planned_at, real_at = Server(*objects), Server(*objects)
    wanted = config_map({"a": "1"}, labels={"l": "1"})
    planned = apply.apply_object(planned_at, wanted, "replace", True)
    real = apply.apply_object(real_at, wanted, "replace", False)
    assert planned == real
    assert (planned_at.writes, len(real_at.writes)) == ([], 1)


def test_fields_that_the_server_fills_in_are_no_difference() -> None:
    """Breaks the second run for every Deployment, whose server adds defaults."""
    server = Server(defaults={"immutable": False, "status": {"phase": "x"}})
    wanted = config_map({"a": "1"})
    apply.apply_object(server, wanted, "replace", False)
    assert apply.apply_object(server, wanted, "replace", False).action == "unchanged"
    assert len(server.writes) == 1


def test_what_is_there_as_declared_is_asked_for_once() -> None:
    """Breaks the speed of runs that change nothing: a dry run takes as long as the rest of a request."""
    server = Server(defaults={"status": {"phase": "x"}})
    wanted = config_map({"a": "1"})
    apply.apply_object(server, wanted, "replace", False)
    before = len(server.requests)
    assert apply.look(server, wanted, "replace").change.action == "unchanged"
    assert [method for method, _path in server.requests[before:]] == ["GET"]
    assert apply.look(server, config_map({"a": "2"}), "replace").change.action == "updated"
    assert [method for method, _path in server.requests[before + 1 :]] == ["GET", "PUT"]


def test_what_a_server_notes_of_its_own_is_no_difference() -> None:
    """Breaks the diff, and runs that change nothing: controllers count the templates of a workload."""
    note = "deprecated.daemonset.template.generation"
    server = Server(config_map({"a": "1"}, annotations={note: "7", "deployment.kubernetes.io/revision": "3"}))
    change = apply.apply_object(server, config_map({"a": "2"}), "replace", False)
    assert note not in str(change.before) + str(change.after)
    assert apply.apply_object(server, config_map({"a": "2"}), "replace", False).action == "unchanged"


def test_update_removes_what_is_not_declared_and_keeps_others_metadata() -> None:
    """Breaks drift correction, or takes away labels and annotations of somebody else."""
    server = Server(config_map({"a": "0", "old": "x"}, labels={"theirs": "1", "ours": "0"}, annotations={"n": "1"}))
    change = apply.apply_object(server, config_map({"a": "1"}, labels={"ours": "1"}), "replace", False)
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
    server = Server(config_map({"kubeconfig": live}))
    assert apply.apply_object(server, config_map({"kubeconfig": wanted}), "merge", False).action == action


@pytest.mark.parametrize(("conflicts", "fine"), [(1, True), (4, True), (5, False)])
def test_conflicts_are_tried_again(conflicts: int, fine: bool) -> None:
    """Breaks when a controller's write in between fails the run, or a lasting conflict is tried for ever."""
    server = Server(config_map({"a": "0"}))
    server.conflicts = conflicts
    if fine:
        assert apply.apply_object(server, config_map({"a": "1"}), "replace", False).action == "updated"
    else:
        with pytest.raises(KubewrightError, match=r"ConfigMap kube-system/x cannot be brought .* 409"):
            apply.apply_object(server, config_map({"a": "1"}), "replace", False)


def _binding(role: str, **metadata: t.Any) -> Object:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "x", **metadata},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "u"}],
    }


@pytest.mark.parametrize("check", [True, False])
def test_a_binding_to_another_role_is_made_anew(check: bool) -> None:
    """Breaks drift of a binding: no server takes another role for one that is there, so that it could never be mended."""
    path = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"
    server = Server(_binding("view", labels={"of": "others"}))
    outcome = apply.apply_object(server, _binding("edit"), "replace", check)
    assert outcome.action == "updated"
    assert server.writes == ([] if check else [("DELETE", f"{path}/x"), ("POST", path)])
    assert server.objects[f"{path}/x"]["roleRef"]["name"] == ("view" if check else "edit")
    assert server.objects[f"{path}/x"]["metadata"]["labels"] == {"of": "others"}
    assert apply.apply_object(server, _binding("view" if check else "edit"), "replace", False).action == "unchanged"


def test_a_refusal_names_the_object_and_the_servers_words() -> None:
    """Breaks the message when the server says no."""

    class Forbidding(Server):
        def request(self, *_arguments: t.Any, **_more: t.Any) -> Object:
            raise ApiError(403, "no rights")

    with pytest.raises(KubewrightError, match=r"ConfigMap kube-system/x .*403.*no rights"):
        apply.apply_object(Forbidding(), config_map({}), "replace", False)


def test_a_server_without_dry_run() -> None:
    """Breaks 1.12, whose server refuses dryRun: declared values decide there, and nothing is written in between."""
    server = Server(config_map({"a": "1"}), dry_run=False, defaults={"immutable": False})
    assert apply.apply_object(server, config_map({"a": "1"}), "replace", False).action == "unchanged"
    assert server.writes == []
    assert apply.apply_object(server, config_map({"a": "2"}), "replace", False).action == "updated"


def test_any_other_bad_request_is_an_error() -> None:
    """Breaks when a refused object counts as a server without dry run."""

    class Refusing(Server):
        def request(self, method: str, *arguments: t.Any, **more: t.Any) -> Object:
            if method == "PUT":
                raise ApiError(400, "bad field")
            return super().request(method, *arguments, **more)

    with pytest.raises(KubewrightError, match="bad field"):
        apply.apply_object(Refusing(config_map({"a": "1"})), config_map({"a": "2"}), "replace", False)


def test_policy_create_leaves_an_existing_object_alone() -> None:
    """Breaks a Corefile that its user has edited."""
    server = Server(config_map({"Corefile": "mine"}))
    assert apply.apply_object(server, config_map({"Corefile": "default"}), "create", False).action == "unchanged"
    assert server.objects[PATH]["data"] == {"Corefile": "mine"}


def test_policy_merge_keeps_the_signatures() -> None:
    """Breaks kubeadm join while the signatures in cluster-info are gone."""
    server = Server(config_map({"kubeconfig": "old", "jws-kubeconfig-abcdef": "sig"}))
    change = apply.apply_object(server, config_map({"kubeconfig": "new"}), "merge", False)
    assert change.action == "updated"
    assert server.objects[PATH]["data"] == {"kubeconfig": "new", "jws-kubeconfig-abcdef": "sig"}
    assert apply.apply_object(server, config_map({"kubeconfig": "new"}), "merge", False).action == "unchanged"


def test_text_of_the_same_meaning_stays_with_its_hash() -> None:
    """Breaks the second run after kubeadm wrote the same configuration in another style, or kubeadm's next upgrade."""
    live = config_map({"kubelet": "b: 2\na: 1\n"}, annotations={apply.CONFIG_HASH: "sha256:theirs"})
    wanted = config_map({"kubelet": "a: 1\nb: 2\n"}, annotations={apply.CONFIG_HASH: "sha256:ours"})
    server = Server(live)
    assert apply.apply_object(server, wanted, "replace", False).action == "unchanged"
    wanted["data"]["kubelet"] = "a: 9\n"
    assert apply.apply_object(server, wanted, "replace", False).action == "updated"
    assert server.objects[PATH]["metadata"]["annotations"] == {apply.CONFIG_HASH: "sha256:ours"}


def test_texts_that_are_no_yaml_values_are_compared_as_they_are() -> None:
    """Breaks when a plain text whose spaces changed counts as the same."""
    server = Server(config_map({"motd": "hello  "}))
    assert apply.apply_object(server, config_map({"motd": "hello"}), "replace", False).action == "updated"


def _status(**nodes: str) -> str:
    endpoints = {name: {"advertiseAddress": address, "bindPort": 6443} for name, address in nodes.items()}
    return yaml.safe_dump({"apiEndpoints": endpoints, "apiVersion": "kubeadm.k8s.io/v1beta2", "kind": "ClusterStatus"})


def test_other_control_planes_stay_in_cluster_status() -> None:
    """Breaks clusters of several control planes until 1.21, whose other endpoints would vanish."""
    server = Server(config_map({"ClusterStatus": _status(cp1="192.0.2.1", cp2="2001:db8::2")}))
    wanted = config_map({"ClusterStatus": _status(cp1="192.0.2.9")})
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
    server = Server(config_map({"ClusterStatus": live}))
    apply.apply_object(server, config_map({"ClusterStatus": _status(cp1="192.0.2.1")}), "replace", False)
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


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("policy", ["replace", "merge"])
@pytest.mark.parametrize("meanwhile", ["made", "removed", "written", "made alike"])
def test_an_object_that_is_not_as_it_was_read_is_not_written(meanwhile: str, policy: str, check: bool) -> None:
    """Breaks when what somebody has written since the host was read is overwritten unseen."""
    wanted = config_map({"a": "1"})
    before = Server() if meanwhile.startswith("made") else Server(config_map({"a": "0"}))
    expected = apply.look(before, wanted, policy).version
    now = {
        "made": Server(config_map({"a": "2"})),
        "made alike": Server(config_map({"a": "1"})),
        "removed": Server(),
        "written": Server(config_map({"a": "2"})),
    }[meanwhile]
    with pytest.raises(apply.Stale, match="ConfigMap kube-system/x"):
        apply.apply_object(now, wanted, policy, check, unseen=False, expected=expected)
    assert now.writes == []


def test_an_object_that_is_as_it_was_read_is_written() -> None:
    """Breaks every change: each would be taken for one that somebody else has made meanwhile."""
    for server in (Server(), Server(config_map({"a": "0"})), Server(config_map({"a": "0"}), dry_run=False)):
        expected = apply.look(server, config_map({"a": "1"}), "replace").version
        change = apply.apply_object(server, config_map({"a": "1"}), "replace", False, unseen=False, expected=expected)
        assert change.action in ("created", "updated")
        assert server.objects[PATH]["data"] == {"a": "1"}


def test_a_conflict_in_between_is_noticed() -> None:
    """Breaks when the try after a conflict takes what somebody else has just written for what was read."""

    class Racing(Server):
        def request(self, method: str, path: str, body: Object | None = None, query: t.Any = None) -> Object:
            if method == "POST" and not self.writes:
                self.store(PATH, config_map({"a": "2"}))
                self.conflicts = 1
            return super().request(method, path, body, query)

    server = Racing()
    with pytest.raises(apply.Stale):
        apply.apply_object(server, config_map({"a": "1"}), "replace", False, unseen=False, expected=None)
    assert server.objects[PATH]["data"] == {"a": "2"}
    other = Racing()
    assert apply.apply_object(other, config_map({"a": "1"}), "replace", False).action == "updated"


def test_what_others_write_beside_it_does_not_make_an_object_stale() -> None:
    """Breaks when each signature in cluster-info, status of a Deployment or label of a Node costs another look at the host."""
    wanted = config_map({"kubeconfig": "new"})
    before, after = ({"kubeconfig": "old"}, {"kubeconfig": "old", "jws-kubeconfig-abcdef": "sig"})
    seen = [apply.look(Server(config_map(data)), wanted, "merge").version for data in (before, after)]
    assert seen[0] == seen[1]
    live = [dict(config_map({"a": "0"}), status={"replicas": number}) for number in (1, 2)]
    seen = [apply.look(Server(item), config_map({"a": "1"}), "replace").version for item in live]
    assert seen[0] == seen[1]
    nodes = [
        _node({}, [_taint(MASTER)]),
        _node({"theirs": "1"}, [_taint(MASTER), _taint("node.kubernetes.io/not-ready")], annotations={"cni": "1"}),
        _node({}, []),
        _node({CONTROL_PLANE: ""}, [_taint(MASTER)]),
    ]
    declared = _node({CONTROL_PLANE: ""}, [_taint(CONTROL_PLANE)])
    versions = [apply.look(Server(node), declared, "node").version for node in nodes]
    assert versions[0] == versions[1]
    assert len(set(versions)) == 3


def test_the_version_of_a_secret_says_nothing_of_it() -> None:
    """Breaks when a mark of a secret lets somebody who sees it try guesses."""
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x", "namespace": "n"}, "data": {"a": "YQ=="}}
    versions = [
        apply.look(Server(dict(secret, data={"a": value})), secret, "replace").version for value in ("Yg==", "Yw==")
    ]
    assert versions == ["version 1", "version 1"]


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
