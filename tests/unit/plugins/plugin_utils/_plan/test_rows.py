# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan as rows."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.report import Shown
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan import changes
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.rows import (
    Row,
    credentials_rows,
    file_rows,
    object_name,
    object_rows,
    restart_rows,
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


def test_credentials_and_restarts() -> None:
    """Breaks the paths by which a person finds what changes."""
    reasons = {
        "apiserver": "its CA is new",
        "sa": "missing",
        "etcd/peer": "its CA is new",
        "/etc/kubernetes/admin.conf": "all are renewed",
        "/jane.conf on the controller": "missing",
    }
    there = {"/pki/sa.key", "/pki/etcd/peer.crt", "/etc/kubernetes/admin.conf"}
    assert [row.plain() for row in credentials_rows(reasons, "/pki", there)] == [
        {"artefact": "/pki/apiserver", "action": "create", "reason": "its CA is new"},
        {"artefact": "/pki/sa", "action": "create", "reason": "missing"},
        {"artefact": "/pki/etcd/peer", "action": "change", "reason": "its CA is new"},
        {"artefact": "/etc/kubernetes/admin.conf", "action": "change", "reason": "all are renewed"},
        {"artefact": "/jane.conf on the controller", "action": "create", "reason": "missing"},
    ]
    assert restart_rows({"etcd": "why"}) == [Row("etcd", "restart", "why")]
