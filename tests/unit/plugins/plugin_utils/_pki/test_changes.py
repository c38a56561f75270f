# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes as they travel: plain data for the applier, and private keys apart from it."""

from __future__ import annotations

import json
import pathlib
import shutil
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import apply as _apply
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki import changes
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.folder import profile_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.given_ca import GivenCA
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.in_folder import folder_facts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.planned_changes import changes_of, sign
from credentials_made import plan


def _everything(host: t.Any) -> list[changes.Change]:
    """Changes of nearly every kind: a blank host that is given one CA with its key, and a loose file."""
    config: Config = host.config()
    ca, key = ((host.sound / f"etcd/ca.{end}").read_bytes() for end in ("crt", "key"))
    (host.pki / "front-proxy-ca").parent.mkdir(parents=True)
    for end in ("crt", "key"):
        shutil.copy(host.sound / f"front-proxy-ca.{end}", host.pki / f"front-proxy-ca.{end}")
    (host.pki / "front-proxy-ca.key").chmod(0o644)
    planned = plan(config, host.now, given={"etcd/ca": GivenCA("mine.crt", ca, key)})
    made = changes_of(config, folder_facts(config, "", host.now), planned)
    leaf = next(change for change in made if isinstance(change, changes.IssueCertificate))
    return [*made, sign(config, "users/jane", leaf.certificate, "CSR"), changes.ForgetKeys(("a", "b"))]


def test_what_travels_is_plain_and_holds_no_key(host: t.Any) -> None:
    """Breaks the applier, which gets something else than was planned, or a log in which a CA's key stands."""
    made = _everything(host)
    sent = changes.arguments(made)
    assert json.loads(json.dumps(sent)) == sent
    assert "PRIVATE KEY" not in json.dumps(sent)
    assert [change["kind"] for change in sent] == [change.kind for change in made]
    key = (host.sound / "etcd/ca.key").read_text(encoding="ascii")
    assert changes.private_keys(made) == {str(host.pki / "etcd/ca.key"): key}


def test_the_applier_knows_every_kind(host: t.Any) -> None:
    """Breaks a run in its midst: a change that the host does not know."""
    kinds = {change.kind for change in _everything(host)}
    kinds |= {changes.InstallCertificate("a", "", "", None, None, None).kind}
    kinds |= {changes.RequestCertificate("a", t.cast("t.Any", None), True).kind}
    known = {value for name, value in vars(_apply).items() if name.isupper() and isinstance(value, str)}
    assert kinds <= known
    assert len(kinds) == 9


def test_a_ca_without_a_key_brings_none(tmp_path: pathlib.Path) -> None:
    """Breaks external CAs with a traceback."""
    write = changes.WriteAuthority(str(tmp_path / "ca.crt"), str(tmp_path / "ca.key"), "PEM", None)
    assert changes.private_keys([write]) == {}
    assert changes.arguments([write])[0]["certificate_pem"] == "PEM"


def test_written_paths(host: t.Any) -> None:
    """Breaks the way back: a file that is written is not kept before; or one is that only waits for a certificate."""
    made = _everything(host)
    before = {path for path in host.kubernetes.rglob("*") if path.is_file()}
    applied = _apply.apply(
        Host(lambda _argv: Result(127, "", "")),
        changes.arguments([change for change in made if change.kind not in ("sign_request", "forget_keys")]),
        {},
        profile_of(host.config()),
        host.now,
        changes.private_keys(made),
    )
    assert applied.stale == []
    written = {path for path in host.kubernetes.rglob("*") if path.is_file()} - before
    # The kubelet's own certificate goes with its old kubeconfig.
    removed = "/var/lib/kubelet/pki/kubelet-client-current.pem"
    assert {removed, *map(str, written)} == set(changes.written_paths(made))
