# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""pki_generate and kubeconfig_write with both halves: the action, and the module that it runs on the host."""

from __future__ import annotations

import datetime
import importlib
import json
import pathlib
import shutil
import stat
import types
import typing as t

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig import client_pair
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig_text import read_kubeconfig
from any_core import patch_module_args, trust_as_template
from credentials_made import CAS, authority, move_keys_away, sign
from leaves import LEAVES

PACKAGE = "ansible_collections.kubewright.control_plane.plugins."
CONFS = {"admin.conf", "super-admin.conf", "kubelet.conf", "controller-manager.conf", "scheduler.conf"}
ALL = LEAVES.keys() | CONFS
Result = dict[str, t.Any]


class Site(t.NamedTuple):
    """A host and a controller. shipped: the arguments of each module execution. said: what the modules printed."""

    host: t.Any
    here: pathlib.Path
    capsys: pytest.CaptureFixture[str]
    variables: dict[str, t.Any]
    facts: dict[str, t.Any]
    shipped: list[Result]
    said: list[str]

    def with_variables(self, **variables: t.Any) -> Site:
        """The same with further variables; without those that are None."""
        merged = {**self.variables, **variables}
        return self._replace(variables={name: value for name, value in merged.items() if value is not None})

    def run(self, check: bool = False, module: str = "pki_generate", **arguments: t.Any) -> Result:
        """Runs the action, and the module as often as the action does. No key is ever in a result."""
        self.shipped.clear()
        config = self.host.config(facts=self.facts, **self.variables)
        given = {"config": config.data, **({"kubeconfigs": True} if module == "pki_generate" else {}), **arguments}
        variables = {"inventory_hostname": "cp1", **{f"kubewright_{key}": item for key, item in self.variables.items()}}
        result = self._action(module, given, variables, check)
        assert "PRIVATE KEY" not in json.dumps(result, default=str)
        return result

    def _action(self, module: str, given: Result, variables: Result, check: bool) -> Result:
        task = types.SimpleNamespace(args=given, action=module, async_val=0, check_mode=check, no_log=False)
        play_context = types.SimpleNamespace(no_log=False)
        shell = types.SimpleNamespace(tmpdir="/tmp")
        connection = types.SimpleNamespace(_shell=shell, _play_context=play_context, has_pipelining=True)
        loader = DataLoader()
        templar = Templar(loader=loader, variables=variables)
        class_ = importlib.import_module(f"{PACKAGE}action.{module}").ActionModule
        action = class_(task, connection, play_context, loader, templar, None)

        def execute(module_args: Result, **_more: t.Any) -> Result:
            self.shipped.append(module_args)
            main = importlib.import_module(f"{PACKAGE}modules.{module}").main
            options = {"_ansible_check_mode": check, "_ansible_diff": True, "_ansible_no_log": False}
            with patch_module_args({**module_args, **options}), pytest.raises(SystemExit):
                main()
            text = self.capsys.readouterr().out
            self.said.append(text)
            return t.cast("Result", json.loads(text))

        action._execute_module = execute
        return t.cast("Result", action.run(task_vars=variables))

    def path(self, name: str) -> pathlib.Path:
        """The file of a leaf or kubeconfig on the host."""
        return t.cast("pathlib.Path", self.host.kubernetes / name if "." in name else self.host.pki / f"{name}.crt")

    def certificate(self, name: str) -> _x509.X509Certificate:
        """The certificate in it."""
        if "." in name:
            return client_pair(read_kubeconfig(self.path(name).read_text())).certificate
        return _x509.load_certificate(self.path(name).read_bytes())

    def missing(self) -> set[str]:
        """The leaves and kubeconfigs that are not there."""
        return {name for name in ALL if not self.path(name).exists()}

    def sign(self, elsewhere: pathlib.Path, *names: str) -> None:
        """Somebody signs the requests in the folder."""
        for path in (self.here / "csr/cp1").rglob("*.csr"):
            name = str(path.relative_to(self.here / "csr/cp1"))[:-4]
            ca = "front-proxy-ca" if name.startswith("front") else "etcd/ca" if "etcd" in name else "ca"
            if not names or name in names:
                path.with_suffix(".crt").write_bytes(sign(path.read_text(), authority(elsewhere, ca), self.host.now))


@pytest.fixture
def site(
    host: t.Any, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Site:
    """A blank host, and a controller whose working directory is empty."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return Site(host, tmp_path / "here", capsys, {}, {}, [], [])


JANE = {"name": "jane", "groups": ["dev"], "location": "controller", "path": "people/jane.conf"}
KEPT = {"ca_key_location": "controller", "ca_dir": "cas"}


def _same(planned: Result, real: Result) -> None:
    """Check mode has said what the run did."""
    for key in ("changed", "reasons", "diff"):
        assert planned[key] == real[key]


def _files(folder: pathlib.Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_where_the_host_signs_it_is_asked_once(site: Site) -> None:
    """Breaks the round trips of the ordinary run, check mode and the second run."""
    planned = site.run(check=True)
    assert not site.host.kubernetes.exists()
    real = site.run()
    assert len(site.shipped) == 1
    _same(planned, real)
    assert site.missing() == set()
    again = site.run()
    assert (again["changed"], again["reasons"], again["diff"], again["requests"]) == (False, {}, {}, [])


def test_cas_that_are_kept_on_the_controller(site: Site) -> None:
    """Breaks kubewright_ca_key_location: no CA key may reach the host, no leaf key may leave it."""
    site = site.with_variables(**KEPT, kubeconfigs=[JANE])
    planned = site.run(check=True)
    assert not site.host.kubernetes.exists()
    assert _files(site.here) == {}
    real = site.run()
    assert not real.get("failed"), real["msg"]
    assert len(site.shipped) == 2
    _same(planned, real)
    assert (real["requests"], site.missing()) == ([], set())
    assert set(_files(site.here)) == {f"cas/{ca}.{end}" for ca in CAS for end in ("crt", "key")} | {"people/jane.conf"}
    kept = {path.read_text() for path in (site.here / "cas").rglob("*.key")}
    for text in [*site.said, *(json.dumps(item, default=str) for item in site.shipped)]:
        assert "PRIVATE KEY" not in text
    assert not [path for path in site.host.kubernetes.rglob("*.key") if path.read_text() in kept]
    assert not list(site.host.kubernetes.rglob("*ca.key"))
    assert not (site.host.kubernetes / ".pending").exists()
    for name in ALL:
        ca = "front-proxy-ca" if name.startswith("front") else "etcd/ca" if "etcd" in name else "ca"
        assert _x509.is_signed_by(site.certificate(name), authority(site.here / "cas", ca).certificate)
    again = site.run()
    assert (again["changed"], len(site.shipped)) == (False, 1)


def test_each_cluster_has_cas_of_its_own(site: Site) -> None:
    """Breaks kubewright_cluster as a template: the folder would be called like the template, for all clusters."""
    site = site.with_variables(**KEPT, cluster=trust_as_template("{{ 'pr' ~ 'od' }}"))
    config_of = site.host.config
    site = site._replace(
        host=site.host._replace(config=lambda **variables: config_of(**{**variables, "cluster": "prod"}))
    )
    assert not site.run().get("failed")
    assert (site.here / "cas/prod/ca.key").exists()


def test_a_run_that_was_cut_off_between_the_rounds(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks when the keys that a host has made wait for ever because the controller was interrupted."""
    site = site.with_variables(**KEPT)
    module = importlib.import_module(f"{PACKAGE}plugin_utils._action.credentials")

    def interrupted(*_arguments: t.Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, "_sign", interrupted)
        with pytest.raises(KeyboardInterrupt):
            site.run()
    assert site.missing() == ALL
    planned = site.run(check=True)
    assert (planned["changed"], {"apiserver", str(site.path("admin.conf"))} <= planned["reasons"].keys()) == (
        True,
        True,
    )
    _same(planned, site.run())
    assert site.missing() == set()
    assert not (site.host.kubernetes / ".pending").exists()


@pytest.mark.parametrize("kept", [True, False])
def test_everything_is_renewed_once_in_a_run(site: Site, kept: bool) -> None:
    """Breaks a renewal of all: what the host signs would be renewed by both rounds, and the reasons would differ."""
    site = site.with_variables(kubeconfigs=[JANE], **(KEPT if kept else {}))
    site.run()
    before = {name: site.certificate(name) for name in ALL}
    issued: list[str] = []
    issue = _x509.issue

    def counted(wanted: t.Any, *arguments: t.Any) -> t.Any:
        issued.append(wanted.common_name)
        return issue(wanted, *arguments)

    planned = site.run(check=True, renew="all")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_x509, "issue", counted)
        result = site.run(renew="all")
    _same(planned, result)
    assert set(result["reasons"].values()) == {"all are renewed"}
    assert len(result["reasons"]) == len(issued) == len(ALL) + 1
    assert not [name for name in ALL if site.certificate(name) == before[name]]
    assert site.run()["changed"] is False


def test_a_host_that_has_no_control_plane_gets_none_by_a_renewal(site: Site) -> None:
    """Breaks a renewal on a blank host, also where its CAs are on the controller."""
    result = site.with_variables(**KEPT).run(renew="all")
    assert result["failed"]
    assert "certs: missing on this host" in result["msg"]
    assert not site.host.pki.exists()


@pytest.fixture
def elsewhere(site: Site, tmp_path: pathlib.Path) -> pathlib.Path:
    """The host has its CAs without their keys, which are in this folder."""
    shutil.copytree(site.host.sound, site.host.pki)
    for name in LEAVES:
        for end in ("crt", "key"):
            (site.host.pki / f"{name}.{end}").unlink()
    move_keys_away(site.host.pki, tmp_path / "elsewhere")
    site.facts["external_ca"] = True
    return tmp_path / "elsewhere"


def test_somebody_else_signs(site: Site, elsewhere: pathlib.Path) -> None:
    """Breaks kubewright_csr_dir: the run ends with requests for exactly what is missing, and goes on when they are signed."""
    site = site.with_variables(csr_dir="csr")
    planned = site.run(check=True)
    assert (planned["failed"], _files(site.here)) == (True, {})
    assert "The requests will be in" in planned["msg"]
    result = site.run()
    assert result["failed"]
    assert result["msg"].startswith("certs: these have to be signed by CAs whose keys are elsewhere:\n- apiserver.csr")
    _same(planned, result)
    assert len(site.shipped) == 1
    assert set(_files(site.here)) == {f"csr/cp1/{name}.csr" for name in ALL}
    assert {request["name"] for request in result["requests"]} == ALL
    before = _files(site.here)
    again = site.run()
    assert (again["failed"], again["changed"], _files(site.here)) == (True, False, before)
    site.sign(elsewhere, "apiserver", "etcd/server")
    half = site.run()
    assert (half["failed"], set(half["reasons"]), site.missing()) == (
        True,
        {"apiserver", "etcd/server"},
        ALL - {"apiserver", "etcd/server"},
    )
    site.sign(elsewhere)
    done = site.run()
    assert not done.get("failed"), done["msg"]
    assert site.missing() == set()
    assert not list((site.here / "csr").rglob("*.csr"))
    assert (site.run()["changed"], site.run().get("warnings")) == (False, None)


def test_what_is_merely_due_does_not_stop_the_run(site: Site, elsewhere: pathlib.Path) -> None:
    """Breaks every run in the month before the end: it is to go on, say what is to be signed, and change nothing twice."""
    site = site.with_variables(csr_dir="csr", certificate_validity_period="1000h", cert_renew_before="300h")
    site.run()
    for path in (site.here / "csr/cp1").rglob("*.csr"):
        name = str(path.relative_to(site.here / "csr/cp1"))[:-4]
        ca = authority(
            elsewhere, "front-proxy-ca" if name.startswith("front") else "etcd/ca" if "etcd" in name else "ca"
        )
        path.with_suffix(".crt").write_bytes(sign(path.read_text(), ca, site.host.now, days=12))
    result = site.run()
    assert not result.get("failed"), result["msg"]
    # They end within 300 hours: the next run asks for new ones.
    first = site.run()
    assert (first.get("failed", False), first["changed"]) == (False, True)
    assert first["warnings"][0].startswith("certs: soon these have to be signed")
    assert {pathlib.Path(path).suffix for path in first["reasons"]} == {".key"}
    before = _files(site.here), _files(site.host.kubernetes)
    second = site.run()
    assert (second["changed"], second["warnings"]) == (False, first["warnings"])
    assert (_files(site.here), _files(site.host.kubernetes)) == before


def test_phases_that_are_run_one_by_one(site: Site, elsewhere: pathlib.Path) -> None:
    """Breaks the roles certs and kubeconfig on their own: each keeps to its own requests and keys."""
    site = site.with_variables(csr_dir="csr")
    assert site.run(kubeconfigs=False)["failed"]
    assert set(_files(site.here)) == {f"csr/cp1/{name}.csr" for name in LEAVES}
    result = site.run(module="kubeconfig_write")
    assert result["msg"].startswith("kubeconfig: these have to be signed")
    assert set(_files(site.here)) == {f"csr/cp1/{name}.csr" for name in ALL}
    site.sign(elsewhere)
    assert not site.run(kubeconfigs=False).get("failed")
    assert site.missing() == CONFS
    assert not site.run(module="kubeconfig_write").get("failed")
    assert site.missing() == set()


def test_each_ca_has_its_own_who_signs(site: Site, elsewhere: pathlib.Path) -> None:
    """Breaks mixed set-ups: the controller signs with the CA that it has, and what it has not is an error by itself."""
    files = {
        "kubernetes": {"cert": str(elsewhere / "ca.crt"), "key": str(elsewhere / "ca.key")},
        "front_proxy": {"cert": str(elsewhere / "front-proxy-ca.crt")},
        "etcd": {"cert": str(elsewhere / "etcd/ca.crt")},
    }
    site = site.with_variables(ca_key_location="controller", ca_files=files)
    result = site.run()
    assert result["failed"]
    assert "front-proxy-ca.key is not on the host, so these cannot be signed" in result["msg"]
    assert "/pki/ca.key" not in result["msg"]
    site = site.with_variables(csr_dir="csr")
    result = site.run()
    by_others = {"front-proxy-client", "etcd/server", "etcd/peer", "etcd/healthcheck-client", "apiserver-etcd-client"}
    assert result["failed"]
    assert {request["name"] for request in result["requests"]} == by_others == site.missing()
    site.sign(elsewhere)
    assert not site.run().get("failed")
    assert site.missing() == set()


def test_a_host_that_trusts_another_ca_than_the_controller_has(site: Site, elsewhere: pathlib.Path) -> None:
    """Breaks the phase kubeconfig by itself: it would end well without having written anything."""
    site.facts.clear()
    site = site.with_variables(**KEPT)
    result = site.run(module="kubeconfig_write")
    assert result["failed"]
    assert "the host does not take it: not signed by the present CA" in result["msg"]
    assert site.missing() >= CONFS


def test_a_kubeconfig_of_the_controller_that_the_host_signs(site: Site) -> None:
    """Breaks kubewright_kubeconfigs: its key is made here, its request travels, and its file is its owner's alone."""
    site = site.with_variables(kubeconfigs=[JANE])
    planned = site.run(check=True)
    real = site.run()
    _same(planned, real)
    path = site.here / "people/jane.conf"
    assert real["reasons"][f"{path} on the controller"] == "missing"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    pair = client_pair(read_kubeconfig(path.read_text()))
    assert _x509.is_signed_by(pair.certificate, authority(site.host.pki, "ca").certificate)
    assert _x509.describe(pair.certificate).subject == "O=dev, CN=jane"
    key = _x509.key_pem(pair.key).decode().splitlines()[1]
    assert not [text for text in site.said if key in text]
    assert not {"ca_certificate", "ca_signs", "client_certificates"} & real.keys()
    path.chmod(0o644)
    before = path.read_bytes()
    assert site.run()["reasons"] == {f"{path} on the controller": "mode too loose"}
    assert (len(site.shipped), path.read_bytes()) == (1, before)
    assert site.run()["changed"] is False


@pytest.mark.parametrize("check", [True, False])
def test_a_kubeconfig_of_the_controller_that_nobody_signs(site: Site, elsewhere: pathlib.Path, check: bool) -> None:
    """Breaks the requests beside it: the complaint must not keep them from those who sign. Check mode says the same."""
    site = site.with_variables(csr_dir="csr", kubeconfigs=[JANE])
    result = site.run(check=check)
    assert result["failed"]
    assert "cannot be signed: " + str(site.here / "people/jane.conf") in result["msg"]
    assert "these have to be signed by CAs whose keys are elsewhere" in result["msg"]
    assert bool(list(site.here.rglob("*.csr"))) is not check
    assert not (site.here / "people").exists()


def test_a_file_of_somebodys_own_stops_the_run_before_it_begins(site: Site) -> None:
    """Breaks ~/.kube/config of whoever runs the playbook, or the host, which is changed before the error is found."""
    site = site.with_variables(kubeconfigs=[JANE])
    (site.here / "people").mkdir()
    (site.here / "people/jane.conf").write_text("ssh-ed25519 AAAA me")
    result = site.run()
    assert (result["failed"], site.shipped) == (True, [])
    assert (site.here / "people/jane.conf").read_text() == "ssh-ed25519 AAAA me"


HOSTILE = {"binary": b"\x30\x82\x00\xff", "empty": b"", "text": b"nothing of the kind\n"}


@pytest.mark.parametrize("content", HOSTILE)
def test_whatever_lies_in_the_folder_of_the_requests(site: Site, elsewhere: pathlib.Path, content: str) -> None:
    """Breaks with a traceback; the others are still taken, and the message names the file that is wrong."""
    site = site.with_variables(csr_dir="csr")
    site.run()
    site.sign(elsewhere)
    folder = site.here / "csr/cp1"
    (folder / "apiserver.crt").write_bytes(HOSTILE[content])
    (folder / "etcd/peer.crt").unlink()
    (folder / "etcd/peer.crt").mkdir()
    (folder / "unknown.crt").write_bytes(HOSTILE[content])
    result = site.run()
    assert result["failed"]
    assert f"{folder}/apiserver.crt is not a PEM certificate" in result["msg"]
    assert site.missing() == {"apiserver", "etcd/peer"}


@pytest.mark.parametrize(
    "answer",
    [
        {"failed": True, "msg": "certs: no", "requests": []},
        {"unreachable": True},
        {"changed": False},
        {"changed": False, "requests": [{"name": "../../x", "ca": "ca", "csr": "", "due": False}], "reasons": {}},
        {"changed": False, "requests": [{"name": "apiserver", "ca": "ca", "csr": "x", "due": False}], "reasons": {}},
    ],
)
def test_a_host_that_answers_otherwise(site: Site, monkeypatch: pytest.MonkeyPatch, answer: dict[str, t.Any]) -> None:
    """Breaks with a traceback, or signs for a host what nobody has declared."""
    site = site.with_variables(**KEPT, kubeconfigs=[JANE])
    module = importlib.import_module(f"{PACKAGE}plugin_utils._action.credentials")
    for request in answer.get("requests", []):
        request.update(reason="missing", refused="")
    monkeypatch.setattr(module.CredentialsAction, "_ask", lambda *_arguments: dict(answer))
    result = site.run()
    assert result == {**result, **answer} if "requests" not in answer else result["failed"]
    assert not (site.here / "people").exists()
    assert "Traceback" not in str(result)


def test_the_clock_of_the_host_may_differ_a_little(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks new clusters: a CA of the controller begins now, which on the host may be a minute later."""

    class Behind(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:
            return datetime.datetime.now(tz) - datetime.timedelta(minutes=2)

    site = site.with_variables(**KEPT)
    module = importlib.import_module(f"{PACKAGE}module_utils._credentials_module")
    clock = types.SimpleNamespace(datetime=Behind, timezone=datetime.timezone)
    monkeypatch.setattr(module, "datetime", clock)
    result = site.run()
    assert not result.get("failed"), result["msg"]
    assert site.missing() == set()
