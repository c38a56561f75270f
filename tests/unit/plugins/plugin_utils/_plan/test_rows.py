# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan as rows."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.report import Shown
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.files import LOOSE
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._difference.field import ABSENT, Field
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan import changes
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.rows import (
    Row,
    credentials_rows,
    file_rows,
    object_name,
    object_rows,
    restart_rows,
    with_away,
    with_fields,
)

MANIFEST = "/etc/kubernetes/manifests/etcd.yaml"


def _written(path: str, expected: str | None) -> changes.WriteFile:
    return changes.WriteFile(path, "text", 0o600, 0o755, expected, False, "it differs" if expected else "it is absent")


def test_files_and_what_they_restart() -> None:
    """Breaks the plan: a restart that nobody foretells, or one that is foretold of a pod that is only started."""
    made = [changes.StopKubelet("x"), _written(MANIFEST, "0a"), _written("/etc/kubernetes/audit/policy.yaml", "0b")]
    made += [
        changes.TightenFile("/loose", 0o600, "0c", "its mode or owner is too loose"),
        changes.EnableKubelet("z"),
        changes.StartKubelet("y"),
    ]
    assert file_rows(made) == [
        Row(MANIFEST, "change", "it differs"),
        Row("etcd", "restart", "its manifest changes"),
        # Breaks who watches the API: what the wait ends is in no plan.
        Row("kube-apiserver", "restart", "its etcd restarts"),
        Row("/etc/kubernetes/audit/policy.yaml", "change", "it differs"),
        Row("/loose", "change", "its mode or owner is too loose"),
        Row("kubelet.service", "change", "z"),
        Row("kubelet", "restart", "y"),
    ]
    assert file_rows([_written(MANIFEST, None)]) == [Row(MANIFEST, "create", "it is absent")]


def test_names_of_objects() -> None:
    """Breaks the reason of an object, which is found by its name; or shows the secret half of a token."""
    shown = Shown("ConfigMap a/b", "updated", "x", "y")
    empty = changes.ApplyObject("merge", None, None, None, None, False, None, "it is absent")
    assert object_name(empty._replace(shown=shown)) == "ConfigMap a/b"
    for given, name in (
        ({"manifest": {"kind": "Role", "metadata": {"name": "a", "namespace": "b"}}}, "Role b/a"),
        ({"manifest": {"kind": "ClusterRole", "metadata": {"name": "a"}}}, "ClusterRole a"),
        ({"token": {"token": "abcdef.0123456789abcdef"}}, "Secret kube-system/bootstrap-token-abcdef"),
        ({"token": {"lifetime": 1.0}}, "Secret kube-system/bootstrap-token"),
        ({"cluster_info": {"ca": "x"}}, "ConfigMap kube-public/cluster-info"),
    ):
        assert object_name(empty._replace(**given)) == name


def test_objects_are_those_that_changed() -> None:
    """Breaks the plan: an object that was found to be as it is wanted is told to change."""
    manifest = {"kind": "Role", "metadata": {"name": "a", "namespace": "b"}}
    planned: list[changes.ApplyObject] = [
        changes.ApplyObject("merge", manifest, None, None, "1", False, None, "it differs")
    ]
    assert object_rows(planned, {}) == []
    unseen = [planned[0]._replace(unseen=True, reason="no API server answered when the host was read")]
    assert object_rows(unseen, {"Role b/a": "updated"}) == [Row("Role b/a", "change", "it differs")]
    why = [planned[0]._replace(reason="it is not registered")]
    assert object_rows(why, {"Role b/a": "updated", "Secret c/d": "created"}) == [
        Row("Role b/a", "change", "it is not registered"),
        Row("Secret c/d", "create", "it is absent"),
    ]


def test_a_node_is_never_made() -> None:
    """Breaks the plan of a blank host: the kubelet registers the Node, which the run then changes."""
    node = {"kind": "Node", "metadata": {"name": "cp1"}}
    planned = [changes.ApplyObject("node", node, None, None, None, True, None, "no API server answered")]
    for action in ("created", "updated"):
        assert object_rows(planned, {"Node cp1": action}) == [Row("Node cp1", "change", "it differs")]


def test_a_random_token_has_no_name_yet() -> None:
    """Breaks the plan: it makes another token than the run, so that the run would do what no plan has named."""
    empty = changes.ApplyObject("replace", None, None, None, None, True, None, "it is absent")
    planned = [
        empty._replace(token={"token": "abcdef.0123456789abcdef"}),
        empty._replace(
            token={"lifetime": 1.0}, shown=Shown("Secret kube-system/bootstrap-token-000000", "created", None, "")
        ),
    ]
    for made in ("000000", "111111"):
        applied = {f"Secret kube-system/bootstrap-token-{name}": "created" for name in ("abcdef", made)}
        assert object_rows(planned, applied) == [
            Row("Secret kube-system/bootstrap-token-abcdef", "create", "it is absent"),
            Row("Secret kube-system/bootstrap-token", "create", "it is absent"),
        ]


def test_a_node_is_not_created() -> None:
    """Breaks the plan of a blank host: it foretells another thing than the run tells, as the kubelet registers its Node by itself."""
    node = changes.ApplyObject(
        "node", {"kind": "Node", "metadata": {"name": "cp1"}}, None, None, None, True, None, "no API server answered"
    )
    assert object_rows([node], {"Node cp1": "created"}) == object_rows([node], {"Node cp1": "updated"})
    assert object_rows([node], {"Node cp1": "created"}) == [Row("Node cp1", "change", "it differs")]


def test_credentials_and_restarts() -> None:
    """Breaks the paths by which a person finds what changes."""
    reasons = {
        "apiserver": "its CA is new",
        "sa": "missing",
        "sa.key": LOOSE,
        "etcd/peer": "its CA is new",
        "/etc/kubernetes/admin.conf": "all are renewed",
        "/jane.conf on the controller": "missing",
    }
    there = {"/pki/sa.key", "/pki/etcd/peer.crt", "/etc/kubernetes/admin.conf"}
    assert credentials_rows(reasons, "/pki", there) == [
        Row("/pki/apiserver", "create", "its CA is new"),
        Row("/pki/sa", "create", "missing"),
        Row("/pki/sa.key", "change", LOOSE),
        Row("/pki/etcd/peer", "change", "its CA is new"),
        Row("/etc/kubernetes/admin.conf", "change", "all are renewed"),
        Row("/jane.conf on the controller", "create", "missing"),
    ]
    assert restart_rows({"etcd": "why"}) == [Row("etcd", "restart", "why")]


def test_credentials_that_are_there_are_not_created() -> None:
    """Breaks the plan: a key whose mode is tightened, or that is removed, would be told as one that is made."""
    waiting = "/etc/kubernetes/.pending/x.key"
    reasons = {
        "apiserver.key": "mode or owner too loose",
        waiting: "its certificate is there",
        "/jane.conf on the controller": "its CA is new",
    }
    assert [(row.artefact, row.action) for row in credentials_rows(reasons, "/pki", set(), [waiting])] == [
        ("/pki/apiserver.key", "change"),
        (waiting, "remove"),
        ("/jane.conf on the controller", "change"),
    ]


def test_a_row_as_a_task_returns_it() -> None:
    """Breaks programs that read what a task returns: a key is gone, or a number is there that nobody has measured."""
    row = Row("etcd", "restart", "why")
    assert row.plain() == {"artefact": "etcd", "action": "restart", "reason": "why", "fields": []}
    full = row._replace(fields=(Field("--v", ABSENT, "2"),), away=18.2).plain()
    assert full["fields"] == [{"name": "--v", "after": "2"}]
    assert full["away_seconds"] == 18.2


def test_what_differs_stands_at_what_changes() -> None:
    """Breaks the plan: fields of another file, or of one that is made and has none before; or a diff of another shape ends it."""
    rows = [Row("/a", "change", "it differs"), Row("/b", "create", "it is absent"), Row("etcd", "restart", "x")]
    diff = [
        {"after_header": "/a", "before": "x: 1\n", "after": "x: 2\n"},
        {"after_header": "/b", "before": "", "after": "x: 2\n"},
        {"after_header": "etcd", "before": "process 1\n", "after": "restarted\n"},
    ]
    found = with_fields(rows, diff)
    assert [row.fields for row in found] == [(Field("x", 1, 2),), (), ()]
    for odd in (None, {}, [None], [{"before": "a"}], {"before": "a", "after": "b"}):
        assert with_fields(rows, odd) == rows


def test_for_how_long_the_api_server_was_away() -> None:
    """Breaks the plan: the time of one component at another, or at a file; or what a host answers ends it."""
    rows = [Row("etcd", "restart", "x"), Row("kubelet", "restart", "x"), Row("/etcd", "change", "x")]
    assert [row.away for row in with_away(rows, {"away": {"etcd": 20.5, "/etcd": 1.0}})] == [20.5, None, None]
    for odd in (None, {}, {"away": None}, {"away": {"etcd": "long"}}):
        assert with_away(rows, odd) == rows
