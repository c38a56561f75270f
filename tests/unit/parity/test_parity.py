# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parity test itself: that it sees differences, and that its configurations touch everything."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
import yaml

from ansible_collections.kubewright.control_plane.plugins.module_utils._release import Release
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._document_fields import (
    CLUSTER,
    INIT,
    Field,
    fields,
)
from parity.artefacts import ARTEFACTS
from parity.cases import CONFIGURATIONS, FORMS, Case, cases
from parity.differences import DIFFERENCES
from parity.dry_run import objects_of
from parity.report import Cell, cell, markdown, terminal, unused
from parity.sides import Rendered
from parity.values import differences

ROOT = pathlib.Path(__file__).resolve().parents[3]
VERSION = "v1.20.2"


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


def test_the_report_sorts_differences() -> None:
    """Breaks when a difference that must not be is taken for a deliberate one, or a deliberate one is hidden."""
    deliberate = "etc/kubernetes/pki/ca.crt: serial: kubeadm has '0', ours has 'random'"
    found = cell("certificates", [deliberate, "etc/kubernetes/pki/ca.crt: hours: kubeadm has 87600, ours has 8760"])
    assert len(found.different) == 1
    assert found.rows == {"serial number of CAs until 1.26"}
    assert cell("manifests", [deliberate]).different == [deliberate]
    case = Case("a", "", pathlib.Path("a/kubeadm.conf"))
    results = {case: {name: Cell([], frozenset()) for name in ARTEFACTS} | {"certificates": found}}
    assert "DIFFERENT" in terminal(results)
    assert "hours: kubeadm has 87600" in terminal(results)
    assert "**different**" in markdown(results, VERSION)
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


def _means_something(field: Field) -> bool:
    """Whether the version that is compared has the setting."""
    if field.target is None:
        return field.path == "featureGates"
    # Whether to change anything is Ansible's to say, and 1.20 takes a folder of patches as a flag only.
    named = field.path not in ("dryRun", "patches.directory") and not field.path.startswith("auditPolicy")
    return named and Release(VERSION).meaningless_setting(field.target) is None


@pytest.mark.parametrize("api", ["v1beta1", "v1beta2", "v1beta3", "v1beta4"])
def test_the_configurations_touch_every_field(api: str) -> None:
    """Breaks when a field is added that no comparison with kubeadm looks at."""
    files = [path for path in CONFIGURATIONS.glob("*/*.conf") if path.name in FORMS]
    touched = {field for path in files if _api(path) == api for field in _touched(path)}
    wanted = {
        (kind, path) for kind in (INIT, CLUSTER) for path, field in fields(kind, api).items() if _means_something(field)
    }
    # The other versions repeat what is compared in v1beta2; what is theirs alone has to be in their own files.
    own = wanted if api == "v1beta2" else {(kind, path) for kind, path in wanted if path not in fields(kind, "v1beta2")}
    assert own - touched == set()


def test_there_are_enough_configurations() -> None:
    """Breaks when configurations are lost."""
    found = cases()
    assert len({case.configuration for case in found}) >= 45
    assert {case.form for case in found} == set(FORMS.values())
    assert len({case.name for case in found}) == len(found)


def test_the_published_report_has_every_case() -> None:
    """Breaks when docs/parity.md is left behind; make parity writes it."""
    text = (ROOT / "docs/parity.md").read_text()
    for case in cases():
        assert f"| {case.configuration} | {case.form or 'kubeadm.conf'} |" in text
    assert "**different**" not in text
