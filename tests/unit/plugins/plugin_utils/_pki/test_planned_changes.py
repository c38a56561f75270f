# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The changes that a plan comes to: their order, their files, and what has to be as it was read."""

from __future__ import annotations

import hashlib
import pathlib
import shutil
import typing as t

import pytest
from keyless import Keyless

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki import changes
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.given_ca import GivenCA
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.in_folder import folder_facts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.plan import CredentialsPlan
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.planned_changes import changes_of, expected
from credentials_made import CERTIFICATES, KUBECONFIGS, apply, make, plan


def _changes(host: t.Any, planned: CredentialsPlan, config: Config | None = None) -> list[changes.Change]:
    used = config or host.config()
    return changes_of(used, folder_facts(used, "", host.now), planned)


def test_what_is_signed_with_comes_first(host: t.Any) -> None:
    """Breaks the first run: a leaf is issued by a CA that is not there yet."""
    made = _changes(host, plan(host.config(), host.now))
    there: set[str] = set()
    for change in made:
        if isinstance(change, changes.MakeAuthority):
            there.add(change.certificate_path)
        if isinstance(change, changes.IssueCertificate):
            assert change.ca.certificate_path in there
            assert change.kubeconfig is None or change.kubeconfig.ca_path in there
    assert len(there) == 3


def test_where_a_leaf_goes(host: t.Any) -> None:
    """Breaks certificates that are written to another place than the one that was found missing."""
    shutil.copytree(host.sound, host.pki)
    make(host.config(), host.now, KUBECONFIGS)
    (host.pki / "etcd/peer.key").unlink()
    (host.kubernetes / "admin.conf").unlink()
    pair, admin = _changes(host, plan(host.config(), host.now))
    assert isinstance(pair, changes.IssueCertificate)
    assert (pair.certificate_path, pair.key_path) == (str(host.pki / "etcd/peer.crt"), str(host.pki / "etcd/peer.key"))
    assert (pair.kubeconfig, pair.ca.key_path) == (None, str(host.pki / "etcd/ca.key"))
    assert isinstance(admin, changes.IssueCertificate)
    assert admin.kubeconfig is not None
    assert (admin.certificate_path, admin.kubeconfig.path) == (None, str(host.kubernetes / "admin.conf"))
    assert (admin.kubeconfig.server, admin.kubeconfig.user) == ("https://192.0.2.10:6443", "kubernetes-admin")
    assert admin.kubeconfig.removes == ()


def test_only_the_kubelets_kubeconfig_takes_the_rotated_certificate_away(host: t.Any, tmp_path: pathlib.Path) -> None:
    """Breaks a kubelet that is given a new certificate: it would go on with the dead one that it keeps."""
    shutil.copytree(host.sound, host.pki)
    config = host.config(kubelet_extra_args={"cert-dir": str(tmp_path)})
    made = _changes(host, plan(config, host.now, KUBECONFIGS), config)
    removed = {
        pathlib.Path(change.kubeconfig.path).name: change.kubeconfig.removes
        for change in made
        if isinstance(change, changes.IssueCertificate) and change.kubeconfig is not None
    }
    assert removed.pop("kubelet.conf") == (str(tmp_path / "kubelet-client-current.pem"),)
    assert set(removed.values()) == {()}


@pytest.mark.parametrize("on_host", [True, False])
def test_a_key_that_stays_on_the_controller_is_not_written(host: t.Any, on_host: bool) -> None:
    """Breaks the promise of kubewright_ca_key_location."""
    ca, key = ((host.sound / f"ca.{end}").read_bytes() for end in ("crt", "key"))
    given = {"ca": GivenCA("mine.crt", ca + ca, key, key_on_host=on_host)}
    planned = plan(host.config(), host.now, CERTIFICATES, given=given, requests=["ca"])
    [write] = [change for change in _changes(host, planned) if isinstance(change, changes.WriteAuthority)]
    # One certificate: kube-controller-manager does not start with more.
    assert write.certificate_pem.encode() == ca
    assert (write.key is not None) is on_host


def test_without_a_ca_nobody_is_asked_to_sign(host: t.Any) -> None:
    """Breaks the message of a phase that runs too early."""
    with pytest.raises(KubewrightError, match=r"ca\.crt is not there: run the certs phase first"):
        _changes(host, plan(host.config(), host.now, KUBECONFIGS))


def test_a_key_that_waits_is_used_and_then_forgotten(keyless: Keyless) -> None:
    """Breaks those who sign slowly: a new key with each run; or keeps a key for ever whose certificate has come."""
    (keyless.host.pki / "apiserver.crt").unlink()
    first, config = keyless.plan(), keyless.config
    [request] = _changes(keyless.host, first, config)
    assert isinstance(request, changes.RequestCertificate)
    assert (request.name, request.new_key) == ("apiserver", True)
    requests = apply(config, first, keyless.host.now)
    [again] = _changes(keyless.host, keyless.plan(), config)
    assert again == request._replace(new_key=False)
    install, forget = _changes(keyless.host, keyless.plan(signed=keyless.sign(requests)), config)
    assert isinstance(install, changes.InstallCertificate)
    assert install.key_from == str(keyless.host.kubernetes / ".pending/apiserver.key")
    assert install.key_path == str(keyless.host.pki / "apiserver.key")
    assert forget == changes.ForgetKeys(("apiserver",))


def test_what_has_to_be_as_it_was_read(host: t.Any) -> None:
    """Breaks two runs at the same time: what the other one has written, or a CA that it has exchanged, is not noticed."""
    shutil.copytree(host.sound, host.pki)
    (host.pki / "etcd/peer.crt").unlink()
    config = host.config()
    facts, planned = folder_facts(config, "", host.now), plan(config, host.now, CERTIFICATES)

    def digest(name: str) -> str | None:
        path: pathlib.Path = host.pki / name
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None

    names = ("etcd/peer.crt", "etcd/peer.key", "etcd/ca.crt", "etcd/ca.key")
    assert expected(config, facts, planned) == {str(host.pki / name): digest(name) for name in names}
    assert expected(config, facts, planned)[str(host.pki / "etcd/peer.crt")] is None
