# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parity test itself: that it sees differences, and that its configurations touch everything."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
import yaml

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.document_fields import (
    CLUSTER,
    INIT,
    DocumentField,
    fields,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.release import Release
from parity.artefacts import ARTEFACTS
from parity.cases import CONFIGURATIONS, FORMS, Case, Version, cases, holds, oracles, versions
from parity.differences import DIFFERENCES
from parity.dry_run import objects_of
from parity.report import Cell, cell, markdown, terminal, unused
from parity.sides import Rendered
from parity.values import differences

ROOT = pathlib.Path(__file__).resolve().parents[3]
OLDEST, NEWEST = versions()[0], versions()[-1]


@pytest.mark.parametrize(
    ("wanted", "found", "count"),
    [
        ({"a": 1}, {"a": 1}, 0),
        ({"a": 1}, {"a": "1"}, 1),
        ({"a": 1}, {"a": True}, 1),
        ({"a": 0}, {"a": False}, 1),
        ({"a": 1}, {}, 1),
        ({}, {"a": None}, 1),
        ({"a": [1, 2]}, {"a": [2, 1]}, 2),
        ({"a": [1, 2]}, {"a": [1]}, 1),
        ({"a": {"b": [{"c": 1}]}}, {"a": {"b": [{"c": 2}]}}, 1),
        ({"a": None}, {"a": {}}, 1),
    ],
)
def test_differences_are_seen(wanted: t.Any, found: t.Any, count: int) -> None:
    """Breaks the whole comparison when two values that differ count as equal."""
    assert len(differences(wanted, found)) == count


DRY_RUN = """[dryrun] Would perform action GET on resource "nodes" in API group "core/v1"
[dryrun] Resource name: "n"
[dryrun] Would perform action PATCH on resource "nodes" in API group "core/v1"
[dryrun] Resource name: "n"
[dryrun] Attached patch:
\t{"metadata":{"annotations":{"a":"1"}}}
[upload-certs] Skipping phase. Please see --upload-certs
[dryrun] Would perform action PATCH on resource "nodes" in API group "core/v1"
[dryrun] Resource name: "n"
[dryrun] Attached patch:
\t{"metadata":{"labels":{"l":""}},"spec":{"taints":[{"key":"k","effect":"NoSchedule"}]}}
[dryrun] Would perform action CREATE on resource "configmaps" in API group "core/v1"
[dryrun] Attached object:
\tapiVersion: v1
\tkind: ConfigMap
\tmetadata:
\t  name: c
[addons] Applied essential addon: kube-proxy
"""


def test_the_output_of_the_dry_run_is_read() -> None:
    """Breaks the comparison of objects when one is overlooked in kubeadm's output."""
    node, config_map = objects_of(DRY_RUN)
    assert node["metadata"] == {"name": "n", "annotations": {"a": "1"}, "labels": {"l": ""}}
    assert node["spec"] == {"taints": [{"key": "k", "effect": "NoSchedule"}]}
    assert config_map["metadata"]["name"] == "c"
    with pytest.raises(ValueError, match="DELETE"):
        objects_of(DRY_RUN.replace("CREATE", "DELETE"))


DRY_RUN_SINCE_1_32 = """[upload-config] Storing the configuration used in ConfigMap "c" in the "kube-system" Namespace
[dryrun] Would perform action CREATE on resource "configmaps" in API group "core/v1"
[dryrun] Attached object:
apiVersion: v1
data:
  text: |
    one

    two
kind: ConfigMap
metadata:
  name: c

I1128 20:39:25.567629      75 patchnode.go:33] [patchnode] Uploading the CRI socket "unix:///s" to Node "n" as an annotation
[mark-control-plane] Marking the node n as control-plane by adding the labels: [a/b c/d]
[mark-control-plane] Marking the node n as control-plane by adding the taints [k:NoSchedule e/f=v:NoExecute]
[dryrun] Would perform action GET on resource "nodes" in API group "core/v1"
[dryrun] Resource name "n", namespace ""
[dryrun] Attached object:
apiVersion: v1
kind: Node
metadata:
  name: n

[dryrun] Would perform action PATCH on resource "nodes" in API group "core/v1"
[dryrun] Resource name "n", namespace ""
[dryrun] Attached object:
apiVersion: v1
kind: Node
metadata:
  name: n

[addons] Applied essential addon: kube-proxy
"""


def test_the_output_of_the_dry_run_since_1_32_is_read() -> None:
    """Breaks the comparison of objects of current minors, above all of the Node, which is only told of there."""
    config_map, node, binding = objects_of(DRY_RUN_SINCE_1_32)
    assert binding["metadata"]["name"] == "kubeadm:cluster-admins"
    assert config_map["data"] == {"text": "one\n\ntwo\n"}
    assert node["metadata"] == {
        "name": "n",
        "labels": {"a/b": "", "c/d": ""},
        "annotations": {"kubeadm.alpha.kubernetes.io/cri-socket": "unix:///s"},
    }
    assert node["spec"]["taints"] == [
        {"key": "k", "effect": "NoSchedule"},
        {"key": "e/f", "value": "v", "effect": "NoExecute"},
    ]
    with pytest.raises(ValueError, match="DELETE"):
        objects_of(DRY_RUN_SINCE_1_32.replace("CREATE", "DELETE"))


def test_the_report_sorts_differences() -> None:
    """Breaks when a difference that must not be is taken for a deliberate one, or a deliberate one is hidden."""
    deliberate = "etc/kubernetes/pki/ca.crt: serial: kubeadm has '0', ours has 'random'"
    found = cell("certificates", [deliberate, "etc/kubernetes/pki/ca.crt: hours: kubeadm has 87600, ours has 8760"])
    assert len(found.different) == 1
    assert found.rows == {"serial number of CAs until 1.26"}
    assert cell("manifests", [deliberate]).different == [deliberate]
    equal = {name: Cell([], frozenset()) for name in ARTEFACTS}
    results = {
        Case(OLDEST, "a", "v1beta2"): equal | {"certificates": found},
        Case(NEWEST, "a", "variables"): equal,
        Case(NEWEST, "a", "v1beta2"): equal | {"certificates": found._replace(different=[])},
    }
    assert "DIFFERENT" in terminal(results)
    assert "hours: kubeadm has 87600" in terminal(results)
    table = markdown(results).splitlines()
    assert f"| configuration | form | {OLDEST.minor} | {NEWEST.minor} |" in table
    assert "| a | v1beta2 | **different**: certificates | equal but [1] |" in table
    assert "| a | variables | - | equal |" in table
    assert unused(results) == [item.row for item in DIFFERENCES if item.row not in found.rows]


def test_every_deliberate_difference_is_a_row_of_the_readme() -> None:
    """Breaks when a difference is accepted that no user is told of."""
    readme = (ROOT / "README.md").read_text()
    for item in DIFFERENCES:
        assert f"| {item.row} |" in readme


def test_a_rendered_side_with_wrong_modes_is_seen(tmp_path: pathlib.Path) -> None:
    """Breaks when files.json promises another mode than the file has."""
    (tmp_path / "files/etc").mkdir(parents=True)
    path = tmp_path / "files/etc/a"
    path.write_text("x")
    path.chmod(0o644)
    (tmp_path / "files.json").write_text('[{"path": "/etc/a", "mode": "0600"}]')
    assert "files.json" in Rendered(tmp_path).modes()
    path.chmod(0o600)
    assert Rendered(tmp_path).modes() == {"/etc/a": "0600"}


def _touched(path: pathlib.Path) -> set[tuple[str, str]]:
    """(kind, dotted path) of every field that a file of documents sets."""
    found = set()

    def walk(kind: str, prefix: str, value: t.Any) -> None:
        found.add((kind, prefix))
        if isinstance(value, dict):
            for key, item in value.items():
                walk(kind, f"{prefix}.{key}" if prefix else key, item)

    for document in yaml.safe_load_all(path.read_text()):
        walk(document["kind"], "", {key: item for key, item in document.items() if key not in ("apiVersion", "kind")})
    return found


def _api(path: pathlib.Path) -> str:
    return next(
        document["apiVersion"].split("/")[1]
        for document in yaml.safe_load_all(path.read_text())
        if document["kind"] in (INIT, CLUSTER)
    )


def _means_something(field: DocumentField, version: Version) -> bool:
    """Whether a version that is compared has the setting."""
    if field.target is None:
        return field.path == "featureGates"
    # Whether to change anything is Ansible's to say, and until 1.21 a folder of patches is a flag only.
    named = field.path != "dryRun" and not field.path.startswith("auditPolicy")
    if field.path == "patches.directory" and version == OLDEST:
        return False
    return named and Release(version.text).meaningless_setting(field.target) is None


def _wanted(api: str, version: Version) -> set[tuple[str, str]]:
    return {
        (kind, path)
        for kind in (INIT, CLUSTER)
        for path, field in fields(kind, api).items()
        if _means_something(field, version)
    }


@pytest.mark.parametrize("api", ["v1beta1", "v1beta2", "v1beta3", "v1beta4"])
def test_the_configurations_touch_every_field(api: str) -> None:
    """Breaks when a field is added that no comparison with kubeadm looks at."""
    files = [path for path in CONFIGURATIONS.glob("*/*.conf") if path.name in FORMS]
    touched = {field for path in files if _api(path) == api for field in _touched(path)}
    # The oldest and the newest kubeadm each have one of their own; the others repeat what is compared in them.
    own = {"v1beta2": OLDEST, "v1beta4": NEWEST}.get(api)
    wanted = _wanted(api, own or OLDEST)
    if own is None:
        wanted = {(kind, path) for kind, path in wanted if path not in fields(kind, "v1beta2")}
    assert wanted - touched == set()


def test_every_form_has_an_oracle_in_every_version_it_is_compared_in() -> None:
    """Breaks when a configuration is compared with what kubeadm of another version or of another meaning wrote."""
    for case in cases():
        assert case.oracle.configuration == case.configuration
        assert case.oracle.version == case.version
        assert case.oracle.form in case.version.read_by_kubeadm
        if case.form in case.version.read_by_kubeadm:
            assert case.oracle == case
    assert {case.version for case in oracles()} == set(versions())
    assert oracles(versions()[:1]) == [case for case in oracles() if case.version == OLDEST]


@pytest.mark.parametrize(
    ("text", "minors"),
    [
        ("", [20, 34, 35, 36, 37]),
        ("VERSIONS=1.20", [20]),
        ("VERSIONS=1.20-1.35", [20, 34, 35]),
        ("VERSIONS=1.35+", [35, 36, 37]),
    ],
)
def test_a_configuration_holds_for_its_versions(tmp_path: pathlib.Path, text: str, minors: list[int]) -> None:
    """Breaks when a configuration is left out silently, or given to a kubeadm that does not know it."""
    (tmp_path / "settings.env").write_text(f"# why\n{text}\n")
    found = [minor for minor in (20, 34, 35, 36, 37) if holds(tmp_path, Version(f"1.{minor}", f"v1.{minor}.0"))]
    assert found == minors


def test_there_are_enough_configurations() -> None:
    """Breaks when configurations are lost."""
    found = cases()
    for version in versions():
        assert len({case.configuration for case in found if case.version == version}) >= 45
    assert {case.form for case in found} == set(FORMS.values())
    assert len({case.name for case in found}) == len(found)
    assert {case.configuration for case in found} == {path.name for path in CONFIGURATIONS.iterdir()}


def test_the_published_report_has_every_case() -> None:
    """Breaks when docs/parity.md is left behind; make parity writes it."""
    lines = (ROOT / "docs/parity.md").read_text().splitlines()
    rows = {tuple(cells[1:3]): cells[3:] for cells in ([cell.strip() for cell in line.split("|")] for line in lines)}
    for case in cases():
        assert rows[case.configuration, case.form][versions().index(case.version)].startswith("equal")
    assert ", ".join(version.text for version in versions()[:-1]) + f" and {versions()[-1].text}" in "\n".join(lines)
