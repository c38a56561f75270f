# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The folder of requests and certificates on the controller, whatever others lay into it."""

from __future__ import annotations

import os
import pathlib
import stat
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import CLIENT, Certificate
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.plan import CERTIFICATES, KUBECONFIGS
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.rounds import Request
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._signing import csr_folder

BOTH = (CERTIFICATES, KUBECONFIGS)
MakeConfig = t.Callable[..., Config]


def _request(name: str, key: t.Any = None, **fields: t.Any) -> Request:
    wanted = Certificate("", "ca", name, (), (CLIENT,), fields.pop("dns_names", ()))
    csr = _x509.request(wanted, key or _x509.generate_key("ECDSA-P256")).decode("ascii")
    return Request(name, "ca", csr, "missing", False, "")._replace(**fields)


def _contents(folder: pathlib.Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_exactly_what_is_asked_for_lies_there(make_config: MakeConfig, tmp_path: pathlib.Path) -> None:
    """Breaks those who sign: a request that is done with is signed once more, or a new one is not there."""
    config, folder = make_config("1.31.0"), tmp_path / "csr/cp1"
    first = [_request(name) for name in ("apiserver", "etcd/server", "admin.conf")]
    csr_folder.write_requests(config, str(folder), first, BOTH)
    assert _contents(folder) == {f"{item.name}.csr": item.csr for item in first}
    (folder / "etcd/server.crt").write_text("what was signed")
    (folder / "notes.csr").write_text("somebody's own")
    csr_folder.write_requests(config, str(folder), first[:1], BOTH)
    assert _contents(folder) == {
        "apiserver.csr": first[0].csr,
        "etcd/server.crt": "what was signed",
        "notes.csr": "somebody's own",
    }
    assert stat.S_IMODE((folder / "apiserver.csr").stat().st_mode) == 0o644


@pytest.mark.parametrize(("part", "kept"), [(CERTIFICATES, "admin.conf"), (KUBECONFIGS, "apiserver")])
def test_requests_of_what_was_not_looked_at_stay(
    make_config: MakeConfig, tmp_path: pathlib.Path, part: str, kept: str
) -> None:
    """Breaks roles that are run one by one: the second one would remove the requests of the first."""
    config = make_config("1.31.0")
    csr_folder.write_requests(config, str(tmp_path), [_request("apiserver"), _request("admin.conf")], BOTH)
    csr_folder.write_requests(config, str(tmp_path), [], [part])
    assert set(_contents(tmp_path)) == {f"{kept}.csr"}


def test_a_request_for_the_same_stays_as_it_is(make_config: MakeConfig, tmp_path: pathlib.Path) -> None:
    """Breaks the second run: ECDSA signs anew each time, and whoever watches the folder would see another file."""
    config, key = make_config("1.31.0"), _x509.generate_key("ECDSA-P256")
    csr_folder.write_requests(config, str(tmp_path), [_request("apiserver", key)], BOTH)
    before = (tmp_path / "apiserver.csr").read_text()
    csr_folder.write_requests(config, str(tmp_path), [_request("apiserver", key)], BOTH)
    assert (tmp_path / "apiserver.csr").read_text() == before
    for changed in (_request("apiserver"), _request("apiserver", key, dns_names=("new.example",))):
        csr_folder.write_requests(config, str(tmp_path), [changed], BOTH)
        assert (tmp_path / "apiserver.csr").read_text() == changed.csr
    (tmp_path / "apiserver.csr").write_bytes(b"\xff\x00")
    csr_folder.write_requests(config, str(tmp_path), [changed], BOTH)
    assert (tmp_path / "apiserver.csr").read_text() == changed.csr


def test_links_are_replaced_and_not_followed(make_config: MakeConfig, tmp_path: pathlib.Path) -> None:
    """Breaks a file elsewhere: whoever may write into the folder could have it overwritten or removed."""
    config, precious = make_config("1.31.0"), tmp_path / "precious"
    precious.write_text("precious")
    folder = tmp_path / "csr"
    folder.mkdir()
    for name in ("apiserver", "admin.conf"):
        (folder / f"{name}.csr").symlink_to(precious)
    csr_folder.write_requests(config, str(folder), [_request("apiserver")], BOTH)
    assert precious.read_text() == "precious"
    assert not (folder / "apiserver.csr").is_symlink()
    assert not os.path.lexists(folder / "admin.conf.csr")


@pytest.mark.parametrize("asked_for", [True, False])
def test_a_folder_in_place_of_a_request_is_named(
    make_config: MakeConfig, tmp_path: pathlib.Path, asked_for: bool
) -> None:
    """Breaks with a traceback, whether the request is to be written or removed."""
    (tmp_path / "apiserver.csr").mkdir()
    with pytest.raises(KubewrightError, match=r"apiserver\.csr cannot be (read|removed)"):
        csr_folder.write_requests(
            make_config("1.31.0"), str(tmp_path), [_request("apiserver")] if asked_for else [], BOTH
        )


def test_a_file_in_place_of_the_folder_is_named(make_config: MakeConfig, tmp_path: pathlib.Path) -> None:
    """Breaks with a traceback where kubewright_csr_dir is a file."""
    (tmp_path / "csr").write_text("")
    config, folder = make_config("1.31.0"), str(tmp_path / "csr/cp1")
    assert csr_folder.read_signed(config, folder, BOTH) == {}
    csr_folder.write_requests(config, folder, [], BOTH)
    with pytest.raises(KubewrightError, match=r"csr is not a folder"):
        csr_folder.write_requests(config, folder, [_request("apiserver")], BOTH)


def test_what_has_come_back(make_config: MakeConfig, tmp_path: pathlib.Path) -> None:
    """Breaks a certificate's way to the host: chains and links do, and what else lies there is no traceback."""
    config = make_config("1.31.0")
    (tmp_path / "etcd").mkdir()
    (tmp_path / "apiserver.crt").write_text("leaf\nCA\n")
    (tmp_path / "etcd/peer.crt").symlink_to("../apiserver.crt")
    (tmp_path / "front-proxy-client.crt").write_bytes(b"\x30\x82\xff\x00")
    (tmp_path / "admin.conf.crt").write_text("admin")
    (tmp_path / "etcd/server.crt").mkdir()
    (tmp_path / "scheduler.conf.crt").symlink_to("nowhere")
    (tmp_path / "stranger.crt").write_text("stranger")
    os.mkfifo(tmp_path / "kubelet.conf.crt")
    found = csr_folder.read_signed(config, str(tmp_path), BOTH)
    assert {name: found[name] for name in found if name != "front-proxy-client"} == {
        "apiserver": b"leaf\nCA\n",
        "etcd/peer": b"leaf\nCA\n",
        "admin.conf": b"admin",
    }
    # DER is refused by the plan, with its name and the reason, where it is needed.
    with pytest.raises(KubewrightError, match="is not a PEM certificate"):
        _x509.load_certificate(found["front-proxy-client"])
    assert csr_folder.read_signed(config, str(tmp_path), [KUBECONFIGS]) == {"admin.conf": b"admin"}


@pytest.mark.parametrize("written", [True, False])
def test_what_people_are_told(make_config: MakeConfig, written: bool) -> None:
    """Breaks the only hint of what to sign, with which CA, where to put it, and why what came was not taken."""
    requests = [
        Request("apiserver", "ca", "", "missing", False, "is not a PEM certificate"),
        Request("etcd/peer", "etcd/ca", "", "ends at noon", False, "SAN cp1 missing"),
        Request("admin.conf", "ca", "", "missing", False, ""),
    ]
    lines = csr_folder.complaint(make_config("1.31.0"), "/csr/cp1", requests, written).splitlines()
    assert lines[1:4] == [
        "- apiserver.csr (missing), by /etc/kubernetes/pki/ca.crt; /csr/cp1/apiserver.crt is not a PEM certificate",
        "- etcd/peer.csr (ends at noon), by /etc/kubernetes/pki/etcd/ca.crt; "
        "/csr/cp1/etcd/peer.crt is not taken: SAN cp1 missing",
        "- admin.conf.csr (missing), by /etc/kubernetes/pki/ca.crt",
    ]
    assert lines[4].startswith("The requests are in /csr/cp1." if written else "The requests will be in /csr/cp1.")
    assert "run again" in lines[4]
