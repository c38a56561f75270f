# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of the controller that the user names: where they are looked for, and why one cannot be read."""

from __future__ import annotations

import pathlib
import re
import typing as t

import pytest
from acting import act, facts_of_host
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.controller_files import ControllerFiles

CLUSTER = "apiVersion: kubeadm.k8s.io/v1beta2\nkind: ClusterConfiguration\nclusterName: from-file\n"


@pytest.mark.parametrize("encrypted", [False, True])
def test_documents_lie_beside_the_playbook(
    node_facts: t.Callable[..., t.Any], tmp_path: pathlib.Path, encrypted: bool
) -> None:
    """Breaks kubewright_kubeadm_config as a path: relative to the playbook, and a vault too."""
    secret = VaultSecret(b"open")
    content = VaultLib([("default", secret)]).encrypt(CLUSTER, secret) if encrypted else CLUSTER.encode()
    (tmp_path / "kubeadm.yaml").write_bytes(content)
    variables = {"kubewright_kubeadm_config": "kubeadm.yaml", "kubewright_kubernetes_version": "v1.20.2"}
    result = act("cluster_config", {}, variables, facts_of_host(node_facts()), folder=tmp_path).result
    assert result["resolved"]["ClusterConfiguration"]["clusterName"] == "from-file"


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "there is no "), ("", "is not a file"), (b"\xff\xfe", "not a text in UTF-8"), (b"a: [", "YAML")],
)
def test_documents_that_cannot_be_read(
    node_facts: t.Callable[..., t.Any], tmp_path: pathlib.Path, content: bytes | str | None, reason: str
) -> None:
    """Breaks the message: it is to name the whole path and the reason, without a word on remote files or a traceback."""
    path = tmp_path / "kubeadm.yaml"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        path.mkdir()
    variables = {"kubewright_kubeadm_config": "kubeadm.yaml"}
    result = act("cluster_config", {}, variables, facts_of_host(node_facts()), folder=tmp_path).result
    assert result["failed"]
    assert [fault["path"].split(" (")[0] for fault in result["faults"]] == ["kubewright_kubeadm_config"]
    assert reason in result["msg"]
    assert "remote_src" not in result["msg"]
    assert isinstance(content, bytes) or str(path) in result["msg"]


@pytest.mark.parametrize("place", ["playbook", "inventory", "here"])
def test_where_relative_paths_are_looked_for(
    node_facts: t.Callable[..., t.Any], tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Breaks users of the collection's own playbooks, whose files lie beside their inventory or where they stand."""
    for name in ("playbook", "inventory", "here"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "here")
    (tmp_path / place / "kubeadm.yaml").write_text(CLUSTER)
    variables = {
        "inventory_dir": str(tmp_path / "inventory"),
        "kubewright_kubeadm_config": "kubeadm.yaml",
        "kubewright_kubernetes_version": "v1.20.2",
    }
    result = act("cluster_config", {}, variables, facts_of_host(node_facts()), folder=tmp_path / "playbook").result
    assert result["resolved"]["ClusterConfiguration"]["clusterName"] == "from-file"


def _files(playbook: pathlib.Path, inventory: pathlib.Path | None = None) -> ControllerFiles:
    loader = DataLoader()
    loader.set_basedir(str(playbook))
    loader.set_vault_secrets([("default", VaultSecret(b"open"))])
    return ControllerFiles(loader, str(inventory) if inventory is not None else None)


def test_the_playbooks_own_file_comes_first(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks when another file of the same name is taken: beside the playbook, beside the inventory, where one stands."""
    places = [tmp_path / name for name in ("playbook", "inventory", "here")]
    for place in places:
        place.mkdir()
        (place / "a").write_text(place.name, encoding="ascii")
    monkeypatch.chdir(places[2])
    files = _files(*places[:2])
    for place in places:
        assert (files.text("a"), files.path("a")) == (place.name, str(place / "a"))
        (place / "a").unlink()
    with pytest.raises(KubewrightError) as caught:
        files.path("a")
    assert str(caught.value) == "there is no " + " nor ".join(str(place / "a") for place in places)


def test_an_absolute_path_is_looked_for_there_alone(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the message, which would name places where nobody looks; the home directory counts as well."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "mine").write_text("x", encoding="ascii")
    files = _files(tmp_path / "playbook")
    assert files.text("~/mine") == files.text(str(tmp_path / "mine")) == "x"
    with pytest.raises(KubewrightError, match=re.escape(f"there is no {tmp_path}/other") + "$"):
        files.text(f"{tmp_path}/other")


def test_a_folder(tmp_path: pathlib.Path) -> None:
    """Breaks patches: those in folders below, and those that a vault holds."""
    secret = VaultSecret(b"open")
    (tmp_path / "patches/below").mkdir(parents=True)
    (tmp_path / "patches/etcd.yaml").write_text("a: 1\n", encoding="ascii")
    (tmp_path / "patches/below/x.yaml").write_bytes(VaultLib([("default", secret)]).encrypt("b: 2\n", secret))
    assert _files(tmp_path).directory("patches") == {"etcd.yaml": "a: 1\n", "below/x.yaml": "b: 2\n"}
    with pytest.raises(KubewrightError, match=r"etcd\.yaml is not a folder$"):
        _files(tmp_path).directory("patches/etcd.yaml")
    with pytest.raises(KubewrightError, match=r"^there is no "):
        _files(tmp_path).directory("absent")


def test_a_vault_that_cannot_be_opened(tmp_path: pathlib.Path) -> None:
    """Breaks with a traceback of Ansible's, without the file's name, where the password is another one."""
    secret = VaultSecret(b"another")
    (tmp_path / "a").write_bytes(VaultLib([("default", secret)]).encrypt("text", secret))
    with pytest.raises(KubewrightError, match=re.escape(str(tmp_path / "a"))):
        _files(tmp_path).text("a")


def test_what_editors_leave_in_a_folder(tmp_path: pathlib.Path) -> None:
    """Breaks a whole folder of patches for one file that is none of them."""
    (tmp_path / "etcd.yaml").write_text("a: 1\n")
    (tmp_path / ".etcd.yaml.swp").write_bytes(b"\xff\xfe")
    (tmp_path / "logo.png").write_bytes(b"\x89PNG\xff")
    (tmp_path / ".#etcd.yaml").symlink_to("nowhere")
    found = ControllerFiles(DataLoader(), None).directory(str(tmp_path))
    assert found == {"etcd.yaml": "a: 1\n", ".etcd.yaml.swp": "", "logo.png": "", ".#etcd.yaml": ""}
    (tmp_path / "etcd2.yaml").write_bytes(b"\xff")
    with pytest.raises(KubewrightError, match=r"etcd2\.yaml: not a text in UTF-8"):
        ControllerFiles(DataLoader(), None).directory(str(tmp_path))
