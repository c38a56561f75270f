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

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.carry import Carrier
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig_text import (
    decode_data,
    read_kubeconfig,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.read import kubeconfig_facts
from ansible_collections.kubewright.control_plane.plugins.modules import credentials_apply
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki import comparison
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.facts import Pair, kubeconfig_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.carry import WITH_CREDENTIALS
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.phases import plan_of
from any_core import patch_module_args, trust_as_template
from credentials_made import CAS, authority, move_keys_away, sign
from leaves import LEAVES

PACKAGE = "ansible_collections.kubewright.control_plane.plugins."
CONFS = {"admin.conf", "super-admin.conf", "kubelet.conf", "controller-manager.conf", "scheduler.conf"}
ALL = LEAVES.keys() | CONFS
Result = dict[str, t.Any]


def _client(path: pathlib.Path) -> Pair:
    """The client certificate inside a kubeconfig."""
    pair = kubeconfig_of(kubeconfig_facts(path.read_bytes())).client
    assert pair is not None
    return pair


class Site(t.NamedTuple):
    """A host and a controller. shipped: the arguments of each module execution. said: what the modules printed.

    answers: of modules that are not run.
    """

    host: t.Any
    here: pathlib.Path
    capsys: pytest.CaptureFixture[str]
    variables: dict[str, t.Any]
    facts: dict[str, t.Any]
    shipped: list[Result]
    said: list[str]
    answers: t.Mapping[str, Result] = {}
    name: str = "cp1"

    def with_variables(self, **variables: t.Any) -> Site:
        """The same with further variables; without those that are None."""
        merged = {**self.variables, **variables}
        return self._replace(variables={name: value for name, value in merged.items() if value is not None})

    def run(self, check: bool = False, module: str = "pki_generate", **arguments: t.Any) -> Result:
        """Runs the action, and the module as often as the action does. No key is ever in a result."""
        self.shipped.clear()
        config = self.host.config(facts=self.facts, **self.variables)
        given = {"config": config.data, **({"kubeconfigs": True} if module == "pki_generate" else {}), **arguments}
        variables = {
            "inventory_hostname": self.name,
            **{f"kubewright_{key}": item for key, item in self.variables.items()},
        }
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

        def execute(module_name: str, module_args: Result, **_more: t.Any) -> Result:
            self.shipped.append(module_args)
            name = module_name.rsplit(".", 1)[-1]
            if name in self.answers:
                return dict(self.answers[name])
            main = importlib.import_module(f"{PACKAGE}modules.{name}").main
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
            return _client(self.path(name)).certificate
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
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("[!.]*") if path.is_file()}


def test_where_the_host_signs_it_is_read_and_changed_once(site: Site) -> None:
    """Breaks the round trips of the ordinary run, check mode and the second run."""
    planned = site.run(check=True)
    assert not site.host.kubernetes.exists()
    assert len(site.shipped) == 1
    real = site.run()
    assert len(site.shipped) == 2
    _same(planned, real)
    assert site.missing() == set()
    again = site.run()
    assert len(site.shipped) == 1
    assert (again["changed"], again["reasons"], again["diff"], again["requests"]) == (False, {}, {}, [])


def test_cas_that_are_kept_on_the_controller(site: Site) -> None:
    """Breaks kubewright_ca_key_location: no CA key may reach the host, no leaf key may leave it."""
    site = site.with_variables(**KEPT, kubeconfigs=[JANE])
    planned = site.run(check=True)
    assert not site.host.kubernetes.exists()
    assert _files(site.here) == {}
    real = site.run()
    assert not real.get("failed"), real["msg"]
    # Nobody has looked again at what the second round replaces, so it is kept before.
    assert [("paths" in given) for given in site.shipped[1:]] == [False, True, False]
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
        assert comparison.is_signed_by(site.certificate(name), authority(site.here / "cas", ca).certificate)
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
    module = importlib.import_module(f"{PACKAGE}plugin_utils._pki.rounds")

    def interrupted(*_arguments: t.Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, "sign_request", interrupted)
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
    assert len(site.shipped) == 2
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
    pair = _client(path)
    assert comparison.is_signed_by(pair.certificate, authority(site.host.pki, "ca").certificate)
    assert comparison.describe(pair.certificate).subject == "O=dev, CN=jane"
    data = decode_data(read_kubeconfig(path.read_text()).user["client-key-data"]) or b""
    key = data.decode().splitlines()[1]
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
    ("module", "answer"),
    [
        ("host_read", {"failed": True, "msg": "host_read: no"}),
        ("host_read", {"unreachable": True}),
        ("host_read", {"changed": False}),
        ("credentials_apply", {"failed": True, "msg": "certs: no", "requests": {}}),
        ("credentials_apply", {"changed": False}),
    ],
)
def test_a_host_that_cannot_be_asked(site: Site, module: str, answer: dict[str, t.Any]) -> None:
    """Breaks the message: what Ansible says of the host is what the user has to see."""
    site = site.with_variables(**KEPT, kubeconfigs=[JANE])._replace(answers={module: answer})
    result = site.run()
    assert result == {**result, **answer}
    assert not (site.here / "people").exists()


FACTS: t.Mapping[str, t.Callable[[Result], t.Any]] = {
    "nothing": lambda _facts: None,
    "a text": lambda _facts: "x",
    "another shape": lambda _facts: {"files": []},
    "a file is missing": lambda facts: dict(facts, files={}),
    "no time": lambda facts: dict(facts, now="yesterday"),
    "a time without a zone": lambda facts: dict(facts, now="2026-01-31T12:00:00"),
    "a certificate that is none": lambda facts: dict(
        facts, certificates={path: {"pem": "x"} for path in facts["certificates"]}
    ),
    "a number for a certificate": lambda facts: dict(facts, certificates={"/x": {"pem": 1}}),
    "a key without algorithm": lambda facts: dict(facts, keys={"/x": {"public": "x"}}),
    "a kubeconfig without client": lambda facts: dict(facts, kubeconfigs={"/x": {"problem": "", "blank": False}}),
    "a kubeconfig whose certificate is none": lambda facts: dict(
        facts,
        kubeconfigs={
            "/x": {
                "problem": "",
                "blank": False,
                "more": False,
                "server": "",
                "ca": "x",
                "refers": None,
                "client": {"certificate": "x", "key": {"public": "x", "algorithm": "x"}},
            }
        },
    ),
    "keys that wait for anything": lambda facts: dict(facts, pending={"../../x": {"public": "x", "algorithm": "x"}}),
}


@pytest.mark.parametrize("shape", FACTS)
def test_a_host_that_says_something_else_of_itself(site: Site, shape: str) -> None:
    """Breaks with a traceback, or brings a host to have files removed that are not its own to name."""
    shutil.copytree(site.host.sound, site.host.pki)
    site = site.with_variables(kubeconfigs=[JANE])
    site.run(check=True)
    facts = json.loads(site.said[-1])["facts"]["credentials"]
    site = site._replace(answers={"host_read": {"facts": {"files": {}, "credentials": FACTS[shape](facts)}}})
    result = site.run(check=True)
    assert "Traceback" not in str(result)
    harmless = ("a certificate that is none", "keys that wait for anything", "a kubeconfig whose certificate is none")
    assert result.get("failed") or shape in harmless


@pytest.mark.parametrize(
    "requests",
    [[], {}, {"../../x": "x"}, dict.fromkeys(LEAVES, "x"), dict.fromkeys(ALL, 1)],
    ids=["a list", "none", "of somebody else", "no requests", "numbers"],
)
def test_a_host_that_asks_for_something_else(site: Site, requests: t.Any) -> None:
    """Breaks with a traceback, or signs for a host what nobody has declared."""
    answer = {"changed": True, "stale": [], "requests": requests, "signed": {}}
    site = site.with_variables(**KEPT, kubeconfigs=[JANE])._replace(answers={"credentials_apply": answer})
    result = site.run()
    assert result["failed"]
    assert "Run again." in result["msg"]
    assert not (site.here / "people").exists()


def test_the_clock_of_the_host_may_differ_a_little(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks new clusters: a CA of the controller begins now, which on the host may be a minute later."""

    class Behind(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:
            return datetime.datetime.now(tz) - datetime.timedelta(minutes=2)

    site = site.with_variables(**KEPT)
    clock = types.SimpleNamespace(datetime=Behind, timezone=datetime.timezone)
    for file in ("module_utils._read.planned", "modules.credentials_apply"):
        monkeypatch.setattr(importlib.import_module(PACKAGE + file), "datetime", clock)
    result = site.run()
    assert not result.get("failed"), result["msg"]
    assert site.missing() == set()


def test_no_private_key_is_in_any_output(site: Site) -> None:
    """Breaks the safety of every key of the cluster: result, diff and error must not quote them."""
    site.run(kubeconfigs=False)
    keys = [path.read_text(encoding="ascii") for path in site.host.pki.rglob("*.key")]
    (site.host.pki / "apiserver.key").write_text(keys[0][:-60], encoding="ascii")
    site.run(check=True, kubeconfigs=False)
    (site.host.pki / "ca.key").write_text(keys[0][:-60], encoding="ascii")
    assert "is not an unencrypted PEM private key" in site.run(kubeconfigs=False)["msg"]
    # The secret number is in the first line of an ECDSA key; what is public comes after it.
    lines = {key.splitlines()[1] for key in keys}
    assert len(keys) == 11
    assert not [line for line in lines for output in site.said if line in output]
    assert not [output for output in site.said if "PRIVATE KEY" in output]


def test_the_key_of_a_given_ca_is_in_no_output(site: Site) -> None:
    """Breaks the safety of the user's own CA, or hides the variable from the reasons."""
    files = {"cert": str(site.host.sound / "ca.crt"), "key": str(site.host.sound / "ca.key")}
    result = site.with_variables(ca_files={"kubernetes": files}).run()
    assert result["reasons"]["ca"] == "given as kubewright_ca_files.kubernetes"
    key = (site.host.sound / "ca.key").read_text(encoding="ascii")
    assert (site.host.pki / "ca.key").read_text(encoding="ascii") == key
    assert not [line for line in key.splitlines()[1:-1] for output in site.said if line in output]


def test_a_host_that_changes_between_reading_and_writing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks what somebody else writes at the same time: it is read and planned anew, and not lost in silence."""
    site.run(kubeconfigs=False)
    (site.host.pki / "apiserver.crt").unlink()
    module = importlib.import_module(f"{PACKAGE}plugin_utils._action.credentials")
    read, left = module.CredentialsAction.facts, [1]

    def facts(*arguments: t.Any) -> t.Any:
        found = read(*arguments)
        if left:
            left.pop()
            shutil.copy(site.host.sound / "apiserver.crt", site.host.pki / "apiserver.crt")
        return found

    monkeypatch.setattr(module.CredentialsAction, "facts", facts)
    result = site.run(kubeconfigs=False)
    # What came in between is of another CA, so the second look has another reason.
    assert result["reasons"] == {"apiserver": "its key belongs to another certificate"}
    # What goes is kept before.
    assert [("paths" in given) for given in site.shipped] == [False, True, False, False, True, False]
    assert site.run(kubeconfigs=False)["changed"] is False


@pytest.mark.parametrize("check", [False, True])
def test_certs_info(site: Site, check: bool) -> None:
    """Breaks the result's form, writes to the host, or tells a key."""
    blank = site.run(check, module="certs_info")
    assert (blank["changed"], site.host.kubernetes.exists()) == (False, False)
    assert blank["certificates"][0] == {
        "path": str(site.host.pki / "ca.crt"),
        "kind": "ca",
        "certificate_path": None,
        "subject": None,
        "sans": [],
        "issuer": None,
        "not_before": None,
        "not_after": None,
        "days_left": None,
        "key_algorithm": None,
        "has_key": False,
        "server": None,
        "status": "missing",
        "reason": "missing",
    }
    site.run()
    before = {path: path.stat().st_mtime_ns for path in site.host.kubernetes.rglob("*")}
    found = site.run(check, module="certs_info")
    assert {path: path.stat().st_mtime_ns for path in site.host.kubernetes.rglob("*")} == before
    statuses = {item["path"]: item["status"] for item in found["certificates"]}
    assert {status for path, status in statuses.items() if path.startswith(str(site.host.kubernetes))} == {"ok"}
    assert len(site.shipped) == 1


@pytest.mark.parametrize("name", ["ca.key", "ca.crt", "sa.key", "sa.pub"])
def test_what_cannot_be_read_is_not_to_be_moved_away(site: Site, name: str) -> None:
    """Breaks a cluster whose CA is moved away by somebody who only forgot to run as root."""
    shutil.copytree(site.host.sound, site.host.pki)
    (site.host.pki / name).unlink()
    (site.host.pki / name).mkdir()
    result = site.run(kubeconfigs=False)
    assert f"{name} cannot be read: Is a directory" in result["msg"]
    assert "move" not in result["msg"]


def test_a_loose_mode_is_no_reason_beside_a_new_certificate(site: Site) -> None:
    """Breaks the restarts that check mode foretells, where the controller signs: a new file would count as the old one."""
    site = site.with_variables(**KEPT)
    site.run()
    for name in ("admin.conf", "kubelet.conf"):
        site.path(name).chmod(0o644)
    planned = site.run(check=True, renew="all")
    result = site.run(renew="all")
    _same(planned, result)
    assert set(result["reasons"].values()) == {"all are renewed"}


def test_a_kubeconfig_of_the_controller_and_another_ca(site: Site) -> None:
    """Breaks a person's kubeconfig: the CA of before with a certificate of the one that has taken its place meanwhile."""
    site = site.with_variables(kubeconfigs=[JANE])
    site.run()
    (site.here / "people/jane.conf").unlink()
    site.run(check=True)
    facts = json.loads(site.said[-1])["facts"]
    for end in ("crt", "key"):
        shutil.copy(site.host.sound / f"ca.{end}", site.host.pki / f"ca.{end}")
    result = site.run(module="kubeconfig_write", read=facts)
    # What was read does not hold any more, so it is read and planned anew.
    assert [("paths" in given) for given in site.shipped if "paths" in given or "changes" in given] == [
        False,
        True,
        False,
    ]
    assert not result.get("failed")
    pair = _client(site.here / "people/jane.conf")
    ca = authority(site.host.pki, "ca").certificate
    assert comparison.is_signed_by(pair.certificate, ca)
    embedded = read_kubeconfig((site.here / "people/jane.conf").read_text()).ca_data
    assert decode_data(embedded) == _x509.certificate_pem(ca)


def _carrying(site: Site) -> Result:
    """What a task is given that makes the credentials and carries out what follows, on a blank host."""
    config = site.host.config(facts=site.facts, **site.variables)
    paths = [path for phase in WITH_CREDENTIALS for path in plan_of(phase, config).paths()]
    read = {"files": dict.fromkeys(paths), "kubelet": {"active": False, "error": ""}}
    return {"read": read, "carry": list(WITH_CREDENTIALS)}


def test_what_follows_is_carried_out_at_once(site: Site) -> None:
    """Breaks the time of the first run, or the results that the phases take for theirs."""
    answer = {"requests": {}, "signed": {}, "stale": [], "carried": {"etcd": {"changed": True}}}
    site = site._replace(answers={"credentials_apply": answer})
    result = site.run(**_carrying(site))
    assert [item["phase"] for item in site.shipped[-1]["files"]] == ["etcd", "kubelet_start", "control_plane"]
    assert list(result["carried"]) == ["etcd"]
    assert result["carried"]["etcd"]["mark"]


@pytest.fixture
def nothing_carried(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is carried out would be on this machine."""

    def carrier(_host: t.Any, items: t.Sequence[t.Any]) -> Carrier:
        assert not items
        return Carrier(_host, [])

    monkeypatch.setattr(credentials_apply, "Carrier", carrier)


@pytest.mark.usefixtures("nothing_carried")
def test_what_needs_a_second_execution_is_not_carried(site: Site) -> None:
    """Breaks CAs that are kept on the controller: the kubelet would start before its kubeconfig is signed."""
    site = site.with_variables(**KEPT)
    result = site.run(**_carrying(site))
    assert not result.get("failed"), result["msg"]
    assert [item["files"] for item in site.shipped if "files" in item] == [[], []]
    assert result["carried"] == {}


@pytest.mark.usefixtures("nothing_carried")
def test_nothing_starts_where_the_phase_fails(site: Site) -> None:
    """Breaks a host that was made anew: its control plane is started although the run ends with what is wrong."""
    site = site.with_variables(kubeconfigs=[JANE])
    assert not site.run().get("failed")
    shutil.rmtree(site.host.kubernetes)
    result = site.run(**_carrying(site))
    assert (result["failed"], result["carried"]) == (True, {})


@pytest.mark.usefixtures("nothing_carried")
def test_the_kubelet_needs_its_kubeconfig(site: Site) -> None:
    """Breaks a task that makes the certificates alone and carries: the kubelet would start without its kubeconfig."""
    assert "carried" not in site.run(kubeconfigs=False, **_carrying(site))


@pytest.mark.parametrize("read", [{"files": {}, "kubelet": 1}, {"files": {}, "api": []}])
def test_facts_that_are_none(site: Site, read: Result) -> None:
    """Breaks with a traceback where a task of a user's own passes something else."""
    assert site.run(read=read, carry=["etcd"])["msg"].startswith("certs: read: ")


def test_check_mode_carries_nothing(site: Site) -> None:
    """Breaks check mode, whose phases say themselves what would change."""
    result = site.run(check=True, **_carrying(site))
    assert (result["carried"], site.host.kubernetes.exists()) == ({}, False)


def test_a_name_that_leads_out_of_the_folder_of_requests(site: Site) -> None:
    """Breaks the folders of others: requests would be written where the name of a host in the inventory leads."""
    site = site.with_variables(csr_dir="csr")._replace(name="../a")
    before = _files(site.here)
    result = site.run()
    assert (result["failed"], "kubewright_csr_dir" in result["msg"]) == (True, True)
    assert (_files(site.here), site.shipped) == (before, [])


@pytest.mark.parametrize(
    ("more", "keeps"),
    [
        ({}, True),
        ({"ansible_run_tags": ["certs", "kubeconfig"]}, False),
        ({"ansible_run_tags": ["certs", "wait_control_plane"]}, True),
        ({"ansible_skip_tags": ["wait_control_plane"]}, False),
    ],
)
def test_private_keys_are_kept_only_for_a_wait_that_comes(
    site: Site, monkeypatch: pytest.MonkeyPatch, more: Result, keeps: bool
) -> None:
    """Breaks the secrecy of keys: a run of these phases alone would leave the old ones in one more file."""
    site.run()
    module = importlib.import_module(f"{PACKAGE}plugin_utils._action.credentials")
    kept: list[t.Sequence[str]] = []

    def keep(_self: t.Any, _config: t.Any, _phase: str, paths: t.Sequence[str], _variables: Result) -> None:
        kept.append(paths)

    monkeypatch.setattr(module.CredentialsAction, "keep", keep)
    begin = module.CredentialsAction._begin

    def with_tags(self: t.Any, config: t.Any, arguments: Result, variables: Result) -> t.Any:
        return begin(self, config, arguments, {**variables, **more})

    monkeypatch.setattr(module.CredentialsAction, "_begin", with_tags)
    site.run(renew="all")
    assert [bool(paths) for paths in kept] == [keeps]
