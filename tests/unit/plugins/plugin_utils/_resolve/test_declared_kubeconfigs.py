# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""kubewright_kubeconfigs: paths that are taken or wrong, and what is resolved."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import Fault
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.input import read_input
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.declared import user_kubeconfigs
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.declared_kubeconfigs import (
    kubeconfig_faults,
    resolved_kubeconfigs,
)

PKI = "/etc/kubernetes/pki"


def _item(path: str, location: str = "host", name: str = "jane", **more: t.Any) -> dict[str, t.Any]:
    return {"name": name, "location": location, "path": path, **more}


def _faults(*items: dict[str, t.Any], certificates_dir: str = PKI) -> list[Fault]:
    read = read_input({"kubewright_kubeconfigs": list(items)})
    assert read.faults == []
    return kubeconfig_faults(read, certificates_dir)


@pytest.mark.parametrize(
    "path",
    ["/etc/kubernetes/jane.conf", "/root/.kube/config", "/etc/kubernetes/pki.conf", "/etc/kubernetes/manifests.d/x"],
)
def test_paths_that_are_free(path: str) -> None:
    """Breaks right paths, like those that only begin like a folder that is taken."""
    assert _faults(_item(path)) == []
    assert _faults(_item("/etc/kubernetes/admin.conf", "controller")) == []


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("jane.conf", "absolute path"),
        ("/srv/../etc/kubernetes/admin.conf", "absolute path"),
        ("/etc/kubernetes/admin.conf", "kubeadm's own files"),
        ("/etc/kubernetes//super-admin.conf", "kubeadm's own files"),
        ("//etc/kubernetes/./kubelet.conf/", "kubeadm's own files"),
        ("/etc/kubernetes/manifests/jane.conf", "takes for pods"),
        ("/etc/kubernetes/./manifests//jane.conf", "takes for pods"),
        ("/etc/kubernetes/manifests", "takes for pods"),
        ("/etc/kubernetes/pki/ca.crt", "where the certificates are"),
        ("/etc/kubernetes/.pending/apiserver.key", "where keys wait"),
        ("/var/lib/kubelet/config.yaml", "which is the kubelet's"),
    ],
)
def test_paths_that_are_taken(path: str, found: str) -> None:
    """Breaks the host: the file of a component, a certificate or the folder of the pods would be written over."""
    faults = _faults(_item(path))
    assert [fault.path for fault in faults] == ["kubewright_kubeconfigs[0].path"]
    assert found in str(faults[0])


def test_a_certificates_folder_of_ones_own() -> None:
    """Breaks certificates that lie elsewhere than kubeadm's."""
    assert _faults(_item("/srv/pki/jane.conf")) == []
    assert len(_faults(_item("/srv/pki/jane.conf"), certificates_dir="/srv/pki")) == 1


@pytest.mark.parametrize(
    ("location", "first", "second"),
    [
        ("host", "/srv/x.conf", "/srv//x.conf"),
        ("host", "/srv/x.conf", "/srv/x.conf/"),
        ("controller", "x.conf", "./x.conf"),
        ("controller", "~/x.conf", "/home/me/y/../x.conf"),
        ("controller", "x.conf", "/work/here/x.conf"),
    ],
)
def test_one_path_for_two(monkeypatch: pytest.MonkeyPatch, location: str, first: str, second: str) -> None:
    """Breaks every run: two that are written to one file take turns, and each run changes both."""
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setattr("os.getcwd", lambda: "/work/here")
    faults = _faults(_item(first, location), _item(second, location, "joe"))
    assert [fault.path for fault in faults] == ["kubewright_kubeconfigs[1].path"]
    assert "which is that of kubewright_kubeconfigs[0]" in faults[0].found
    other = "controller" if location == "host" else "host"
    assert _faults(_item("/srv/x.conf", location), _item("/srv/x.conf", other, "joe")) == []


@pytest.mark.parametrize(("validity", "fine"), [("1s", True), ("0s", False), ("24h", True)])
def test_validities(validity: str, fine: bool) -> None:
    """Breaks certificates that have ended before they are written."""
    assert [fault.path for fault in _faults(_item("/srv/x", validity=validity))] == (
        [] if fine else ["kubewright_kubeconfigs[0].validity"]
    )


def test_all_faults_come_at_once() -> None:
    """Breaks when one fault hides another."""
    faults = _faults(_item("x", validity="0s"), _item("/etc/kubernetes/admin.conf", name="joe"))
    assert [fault.path for fault in faults] == [
        "kubewright_kubeconfigs[0].validity",
        "kubewright_kubeconfigs[0].path",
        "kubewright_kubeconfigs[1].path",
    ]


def test_what_is_resolved() -> None:
    """Breaks the defaults, and the path of the host, which is compared and written in one form."""
    items = [_item("/srv//a/./b.conf/"), _item("./x", "controller", "joe", groups="a,b", validity="24h")]
    read = read_input({"kubewright_kubeconfigs": items})
    assert resolved_kubeconfigs(read, 99.0) == [
        {"name": "jane", "groups": [], "validitySeconds": 99.0, "location": "host", "path": "/srv/a/b.conf"},
        {"name": "joe", "groups": ["a", "b"], "validitySeconds": 86400.0, "location": "controller", "path": "./x"},
    ]
    assert resolved_kubeconfigs(read_input({}), 99.0) == []


def test_names_stay_inside_their_folder(make_config: t.Callable[..., Config]) -> None:
    """Breaks out of the folders of keys and requests, or gives two people one file there."""
    names = ["..", ".", "a/b", "a%2Fb", "../../x", "o'neil", "jane@example.org", "a b"]
    items = [_item(f"/srv/{index}.conf", name=name) for index, name in enumerate(names)]
    found = [item.name for item in user_kubeconfigs(make_config("1.31.0", kubeconfigs=items), "host")]
    assert len(set(found)) == len(names)
    assert all(name.startswith("users/") and name.count("/") == 1 for name in found)
    assert "users/jane@example.org" in found
