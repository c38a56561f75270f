# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every certificate of a host and its state, with real certificates: each status for each kind of file."""

from __future__ import annotations

import base64
import datetime
import pathlib
import re
import shutil
import subprocess
import typing as t

import hypothesis
import pytest
from damages import Damage, copy, delete, truncate
from hypothesis import strategies as st

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki import declared
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki import folder as _pki
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.entry import Entry
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.given_ca import GivenCA
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.in_folder import folder_facts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.report import entries
from credentials_made import CERTIFICATES, finalized_text, make, plan

KUBERNETES, KUBELET = "etc/kubernetes/", "var/lib/kubelet/pki/"
PKI = KUBERNETES + "pki/"
ROTATED, SERVING = KUBELET + "kubelet-client-current.pem", KUBELET + "kubelet.crt"
CLIENT = declared.Certificate("", "ca", "system:node:cp1", ("system:nodes",), (declared.CLIENT,))
DAY = datetime.timedelta(days=1)

KINDS = {
    PKI + "ca.crt": "ca",
    PKI + "apiserver.crt": "leaf",
    PKI + "apiserver-kubelet-client.crt": "leaf",
    PKI + "front-proxy-ca.crt": "ca",
    PKI + "front-proxy-client.crt": "leaf",
    PKI + "etcd/ca.crt": "ca",
    PKI + "etcd/server.crt": "leaf",
    PKI + "etcd/peer.crt": "leaf",
    PKI + "etcd/healthcheck-client.crt": "leaf",
    PKI + "apiserver-etcd-client.crt": "leaf",
    PKI + "sa.key": "service account key",
    KUBERNETES + "admin.conf": "kubeconfig",
    KUBERNETES + "super-admin.conf": "kubeconfig",
    KUBERNETES + "kubelet.conf": "kubeconfig",
    KUBERNETES + "controller-manager.conf": "kubeconfig",
    KUBERNETES + "scheduler.conf": "kubeconfig",
    SERVING: "kubelet",
}
CAS = {path for path, kind in KINDS.items() if kind == "ca"}


class Tree(t.NamedTuple):
    """A host's files. root: the folder that stands for C(/). config(**variables): of 1.31 with ECDSA, which is quick."""

    root: pathlib.Path
    now: datetime.datetime
    config: t.Callable[..., Config]

    def entries(self, later: datetime.timedelta = 0 * DAY, config: Config | None = None) -> dict[str, Entry]:
        """The entries by their path without the first slash."""
        config = config or self.config()
        found = entries(config, folder_facts(config, str(self.root), self.now + later))
        assert len({entry.path for entry in found}) == len(found)
        return {entry.path[1:]: entry for entry in found}

    def not_ok(self, later: datetime.timedelta = 0 * DAY, config: Config | None = None) -> dict[str, tuple[str, str]]:
        """The status and reason of each that is not well."""
        found = self.entries(later, config)
        assert all((entry.reason == "") == (entry.status == "ok") for entry in found.values())
        return {path: (entry.status, entry.reason) for path, entry in found.items() if entry.status != "ok"}

    def write(self, path: str, data: bytes) -> None:
        """Writes a file of the host."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_bytes(data)


def _self_made(root: pathlib.Path, config: Config, now: datetime.datetime) -> None:
    """The kubelet's serving certificate, as the kubelet makes it: by a CA of its own, which nobody keeps."""
    profile = _pki.profile_of(config)
    ca_key, key = _x509.generate_keys(profile.algorithm, 2)
    ca = _x509.Pair(_x509.issue_ca("cp1-ca@1700000000", profile, now, ca_key), ca_key)
    wanted = declared.Certificate("", "", "cp1@1700000000", (), (declared.SERVER,), ("cp1",))
    certificate = _x509.issue(wanted, ca, profile, now, key.public_key())
    (root / KUBELET).mkdir(parents=True)
    (root / SERVING).write_bytes(_x509.certificate_pem(certificate) + _x509.certificate_pem(ca.certificate))
    (root / SERVING).with_suffix(".key").write_bytes(_x509.key_pem(key))


def test_a_worker(tree: Tree) -> None:
    """Breaks the report of a worker: what only control planes have is missing on it; or its kubelet is to ask another server."""
    joined = {"server": "https://api.example.com:6443", "ca": "", "kubelet": "", "problem": ""}
    resolved = tree.config(control_plane_endpoint="api.example.com").data
    config = Config({**resolved, "join": joined, "node": {**resolved["node"], "external_ca": True}})
    (tree.root / PKI / "ca.key").unlink()
    found = tree.entries(config=config)
    assert list(found) == [PKI + "ca.crt", KUBERNETES + "kubelet.conf", SERVING]
    assert {path: entry.reason for path, entry in found.items() if entry.status != "ok"} == {
        KUBERNETES + "kubelet.conf": "server is https://192.0.2.10:6443"
    }


@pytest.fixture(scope="session")
def whole(
    tmp_path_factory: pytest.TempPathFactory, make_config: t.Callable[..., Config], now: datetime.datetime
) -> pathlib.Path:
    """All files of a host, to copy from."""
    root = tmp_path_factory.mktemp("whole")
    config = make_config("1.31.0", encryption_algorithm="ECDSA-P256")
    make(config, now, root=str(root))
    _self_made(root, config, now)
    return root


@pytest.fixture
def tree(
    tmp_path: pathlib.Path, whole: pathlib.Path, make_config: t.Callable[..., Config], now: datetime.datetime
) -> Tree:
    """A host on which all is well."""

    def config(version: str = "1.31.0", **variables: t.Any) -> Config:
        return make_config(version, **{"encryption_algorithm": "ECDSA-P256", **variables})

    shutil.copytree(whole, tmp_path / "root")
    return Tree(tmp_path / "root", now, config)


def test_everything_is_listed_once(tree: Tree) -> None:
    """Breaks when a file is forgotten, or one that is well is not said to be."""
    found = tree.entries()
    assert {path: entry.kind for path, entry in found.items()} == KINDS
    assert tree.not_ok() == {}
    assert all(entry.has_key for entry in found.values())
    assert {entry.key_algorithm for entry in found.values()} == {"ECDSA-P256"}


def test_what_an_entry_says(tree: Tree) -> None:
    """Breaks names, dates and days: another implementation of X.509 reads the same of the same file."""
    entry = tree.entries(100 * DAY)[PKI + "apiserver.crt"]
    command = ["openssl", "x509", "-in", str(tree.root / entry.path[1:]), "-noout"]
    command += ["-subject", "-issuer", "-dates", "-ext", "subjectAltName", "-nameopt", "sep_comma_plus_space,sname"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    values = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    assert (
        (values["subject"], values["issuer"]) == (entry.subject, entry.issuer) == ("CN=kube-apiserver", "CN=kubernetes")
    )
    for name, value in (("notBefore", entry.not_before), ("notAfter", entry.not_after)):
        moment = datetime.datetime.strptime(values[name], "%b %d %H:%M:%S %Y %Z")
        assert value == moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert re.findall(r"(?:DNS|IP Address):([^,\s]+)", text) == entry.sans
    assert entry.days_left == 265.0
    assert (entry.certificate_path, entry.server) == (entry.path, None)


def test_what_a_kubeconfig_says(tree: Tree) -> None:
    """Breaks when the server or the user of a kubeconfig is not told, or organizations and names change places."""
    entry = tree.entries()[KUBERNETES + "admin.conf"]
    assert entry.subject == "O=kubeadm:cluster-admins, CN=kubernetes-admin"
    assert (entry.server, entry.certificate_path) == ("https://192.0.2.10:6443", entry.path)


def test_no_key_is_in_the_report(tree: Tree) -> None:
    """Breaks the safety of every key of the cluster."""
    text = repr(tree.entries())
    for path in tree.root.rglob("*.key"):
        lines = path.read_text(encoding="ascii").splitlines()[1:-1]
        assert not [line for line in lines if line in text]
    for path in tree.root.rglob("*.conf"):
        data = re.findall(r"client-key-data: (\S+)", path.read_text(encoding="ascii"))
        assert len(data) == 1
        assert data[0][:40] not in text
        assert base64.b64decode(data[0]).decode("ascii").splitlines()[1] not in text
    assert "PRIVATE KEY" not in text


def _replace(name: str, old: str, new: str) -> Damage:
    def damage(root: pathlib.Path) -> None:
        text = (root / name).read_text(encoding="ascii")
        assert old in text
        (root / name).write_text(text.replace(old, new), encoding="ascii")

    return damage


def _folder(name: str) -> Damage:
    def damage(root: pathlib.Path) -> None:
        (root / name).unlink()
        (root / name).mkdir()

    return damage


def _both(*damages: Damage) -> Damage:
    def damage(root: pathlib.Path) -> None:
        for one in damages:
            one(root)

    return damage


API, FRONT, SCHEDULER = PKI + "apiserver", PKI + "front-proxy-client", KUBERNETES + "scheduler.conf"
SERVER = "https://192.0.2.10:6443"
DAMAGES = [
    # Leaves
    (delete(API + ".crt", API + ".key"), API + ".crt", "missing", "missing"),
    (delete(API + ".crt"), API + ".crt", "missing", "certificate is missing"),
    (delete(API + ".key"), API + ".crt", "missing", "key is missing"),
    (truncate(API + ".crt"), API + ".crt", "unreadable", "/etc/kubernetes/pki/apiserver.crt is not a PEM certificate"),
    (truncate(API + ".key"), API + ".crt", "unreadable", "apiserver.key is not an unencrypted PEM private key"),
    (_folder(API + ".crt"), API + ".crt", "unreadable", "apiserver.crt cannot be read: Is a directory"),
    (copy(API + ".key", FRONT + ".key"), FRONT + ".crt", "wrong", "its key belongs to another certificate"),
    (
        _both(copy(FRONT + ".crt", API + ".crt"), copy(FRONT + ".key", API + ".key")),
        API + ".crt",
        "wrong",
        "not signed by the present CA",
    ),
    # CAs
    (truncate(PKI + "etcd/ca.key"), PKI + "etcd/ca.crt", "unreadable", "ca.key is not an unencrypted PEM private key"),
    (copy(PKI + "ca.key", PKI + "etcd/ca.key"), PKI + "etcd/ca.crt", "wrong", "ca.key does not belong to /etc"),
    # The service account keys
    (delete(PKI + "sa.key", PKI + "sa.pub"), PKI + "sa.key", "missing", "missing"),
    (delete(PKI + "sa.pub"), PKI + "sa.key", "missing", "public half is missing"),
    (delete(PKI + "sa.key"), PKI + "sa.key", "missing", "sa.pub is there but sa.key is not"),
    (truncate(PKI + "sa.key"), PKI + "sa.key", "unreadable", "sa.key is not an unencrypted PEM private key"),
    (truncate(PKI + "sa.pub"), PKI + "sa.key", "unreadable", "sa.pub is not a PEM public key"),
    (copy(API + ".key", PKI + "sa.key"), PKI + "sa.key", "wrong", "sa.pub is not the public half of sa.key"),
    # kubeconfigs
    (delete(SCHEDULER), SCHEDULER, "missing", "missing"),
    (_folder(SCHEDULER), SCHEDULER, "unreadable", "scheduler.conf cannot be read: Is a directory"),
    (truncate(SCHEDULER), SCHEDULER, "unreadable", "is not a kubeconfig with a usable current context"),
    (
        _replace(SCHEDULER, "client-key-data: ", "client-key-data: x"),
        SCHEDULER,
        "unreadable",
        "its client certificate or key is unreadable",
    ),
    (
        _replace(SCHEDULER, "client-certificate-data: ", "client-certificate-data: 7 #"),
        SCHEDULER,
        "unreadable",
        "its client certificate or key is unreadable",
    ),
    (_replace(SCHEDULER, SERVER, "https://192.0.2.99:6443"), SCHEDULER, "wrong", "server is https://192.0.2.99:6443"),
    (
        _replace(SCHEDULER, "certificate-authority-data: ", "certificate-authority-data: x"),
        SCHEDULER,
        "wrong",
        "its CA is unreadable",
    ),
    (
        copy(KUBERNETES + "controller-manager.conf", SCHEDULER),
        SCHEDULER,
        "wrong",
        "common name is system:kube-controller-manager",
    ),
    # The kubelet's serving certificate
    (delete(KUBELET + "kubelet.key"), SERVING, "missing", "key is missing"),
    (truncate(SERVING), SERVING, "unreadable", "/var/lib/kubelet/pki/kubelet.crt is not a PEM certificate"),
    (copy(API + ".key", KUBELET + "kubelet.key"), SERVING, "wrong", "its key belongs to another certificate"),
]


@pytest.mark.parametrize(("damage", "path", "status", "reason"), DAMAGES)
def test_each_damage_is_told_and_nothing_else(tree: Tree, damage: Damage, path: str, status: str, reason: str) -> None:
    """Breaks when a damaged file passes, raises, is told as another damage, or makes others suspicious."""
    damage(tree.root)
    found = tree.not_ok()
    assert list(found) == [path]
    assert found[path][0] == status
    assert reason in found[path][1]
    assert str(tree.root) not in found[path][1]


@pytest.mark.parametrize(
    ("damage", "status", "reason", "leaves"),
    [
        (delete(PKI + "front-proxy-ca.crt", PKI + "front-proxy-ca.key"), "missing", "missing", "its CA is missing"),
        (
            delete(PKI + "front-proxy-ca.crt"),
            "missing",
            r"front-proxy-ca\.key is there but .*front-proxy-ca\.crt is not\. Put the right file there",
            "its CA is missing",
        ),
        (
            truncate(PKI + "front-proxy-ca.crt"),
            "unreadable",
            r"front-proxy-ca\.crt is not a PEM certificate",
            "its CA is unreadable",
        ),
        (
            _both(copy(PKI + "ca.crt", PKI + "front-proxy-ca.crt"), copy(PKI + "ca.key", PKI + "front-proxy-ca.key")),
            None,
            "",
            "not signed by the present CA",
        ),
        (
            copy(FRONT + ".crt", PKI + "front-proxy-ca.crt"),
            "wrong",
            "is not the certificate of a CA",
            "not signed by the present CA",
        ),
    ],
)
def test_a_ca_takes_its_leaves_with_it(
    tree: Tree, damage: Damage, status: str | None, reason: str, leaves: str
) -> None:
    """Breaks when leaves pass whose CA nobody knows, or those of other CAs do not."""
    damage(tree.root)
    found = tree.not_ok()
    ca = found.pop(PKI + "front-proxy-ca.crt", (None, ""))
    assert ca[0] == status
    assert re.search(reason, ca[1])
    assert found == {FRONT + ".crt": ("wrong", leaves)}


def test_kubeconfigs_of_another_ca(tree: Tree) -> None:
    """Breaks when kubeconfigs pass that trust, or come from, a CA which was replaced or is gone."""
    for end in ("crt", "key"):
        copy(f"{PKI}front-proxy-ca.{end}", f"{PKI}ca.{end}")(tree.root)
    reasons = {path: reason for path, (_status, reason) in tree.not_ok().items() if path.endswith(".conf")}
    assert reasons == dict.fromkeys(
        (path for path, kind in KINDS.items() if kind == "kubeconfig"), "its CA is not the present one"
    )
    (tree.root / PKI / "ca.crt").unlink()
    assert tree.not_ok()[SCHEDULER] == ("wrong", "its CA is missing")


def test_a_blank_host(tree: Tree) -> None:
    """Breaks on a host on which init did not run: all is missing, but for what need not be there."""
    shutil.rmtree(tree.root)
    found = tree.not_ok()
    assert set(KINDS) - set(found) == {SERVING, KUBERNETES + "super-admin.conf"}
    assert set(found.values()) == {("missing", "missing")}
    assert not any(entry.has_key or entry.subject for entry in tree.entries().values())


@pytest.mark.parametrize(
    ("days", "statuses"),
    [
        (0, {}),
        (334, {}),
        (336, {"leaf": "due", "kubeconfig": "due", "kubelet": "due"}),
        (366, {"leaf": "expired", "kubeconfig": "expired", "kubelet": "expired"}),
        (3469, {"leaf": "expired", "kubeconfig": "expired", "kubelet": "expired"}),
        (3471, {"leaf": "expired", "kubeconfig": "expired", "kubelet": "expired", "ca": "due"}),
        (3651, {"leaf": "expired", "kubeconfig": "expired", "kubelet": "expired", "ca": "expired"}),
    ],
)
def test_ends(tree: Tree, days: int, statuses: dict[str, str]) -> None:
    """Breaks warnings that come too late, too early or not at all: 30 days for leaves, 180 for CAs."""
    found = tree.entries(days * DAY)
    assert {path: entry.status for path, entry in found.items()} == {
        path: statuses.get(kind, "ok") for path, kind in KINDS.items()
    }
    for entry in found.values():
        assert entry.days_left is None or (entry.days_left < 0) == (entry.status == "expired")
        if entry.status == "expired":
            assert "expired at 20" in entry.reason if entry.kind == "ca" else "ended at 20" in entry.reason
        if entry.status == "due":
            assert entry.reason.startswith("ends at 20")
        if entry.kind == "kubelet" and entry.reason:
            assert "restart the kubelet" in entry.reason


def test_nothing_is_due_where_renewal_is_off(tree: Tree) -> None:
    """Breaks kubewright_cert_renew_before: 0, which renews only what has ended."""
    config = tree.config(cert_renew_before="0s")
    assert tree.not_ok(364 * DAY, config) == {}
    assert {status for status, _reason in tree.not_ok(366 * DAY, config).values()} == {"expired"}


def test_an_end_hides_no_fault(tree: Tree) -> None:
    """Breaks when a certificate that is due and wrong is taken for one that is due only."""
    config = tree.config(apiserver_cert_sans=["new.example"])
    assert tree.not_ok(config=config) == {API + ".crt": ("wrong", "SAN new.example missing")}
    found = tree.not_ok(336 * DAY, _reduced(tree))
    assert found[API + ".crt"][0] == "due"
    assert found[PKI + "etcd/peer.crt"][0] == "wrong"


def _reduced(tree: Tree) -> Config:
    return tree.config(etcd_peer_cert_sans=["new.example"])


def test_names_that_nobody_declared(tree: Tree) -> None:
    """Breaks kubewright_cert_strict_sans: names that are gone from the declaration are a fault only with it."""
    old = tree.config(apiserver_cert_sans=["old.example"])
    (tree.root / (API + ".crt")).unlink()
    make(old, tree.now, CERTIFICATES, str(tree.root))
    assert tree.not_ok() == {}
    strict = tree.config(cert_strict_sans=True)
    assert tree.not_ok(config=strict) == {API + ".crt": ("wrong", "SAN old.example is not declared")}


def test_an_external_ca(tree: Tree) -> None:
    """Breaks hosts whose CA keys are elsewhere: that is no fault, but told."""
    for path in CAS:
        (tree.root / path).with_suffix(".key").unlink()
    assert tree.not_ok() == {}
    assert {path for path, entry in tree.entries().items() if not entry.has_key} == CAS


def test_an_external_etcd(tree: Tree) -> None:
    """Breaks when certificates are missed that an etcd of others has elsewhere."""
    config = tree.config(etcd_external={"endpoints": ["http://192.0.2.5:2379"]})
    found = tree.entries(config=config)
    assert not [path for path in found if "etcd" in path]
    assert {entry.status for entry in found.values()} == {"ok"}


def _rotated(
    tree: Tree,
    wanted: declared.Certificate = CLIENT,
    ca: str = "ca",
    algorithm: str = "ECDSA-P256",
    days: int = 365,
) -> tuple[bytes, bytes]:
    """The certificate and the key that the cluster gave the kubelet; kubelet.conf refers to them."""
    config = tree.config()
    path = tree.root / KUBERNETES / "kubelet.conf"
    path.write_text(finalized_text(path.read_text(encoding="ascii"), config), encoding="ascii")
    profile = _pki.profile_of(config)._replace(leaf_seconds=days * 86400.0)
    pair = _x509.Pair(
        _x509.load_certificate((tree.root / PKI / (ca + ".crt")).read_bytes()),
        _x509.load_key((tree.root / PKI / (ca + ".key")).read_bytes()),
    )
    key = _x509.generate_key(algorithm)
    certificate = _x509.issue(wanted, pair, profile, tree.now, key.public_key())
    return _x509.certificate_pem(certificate), _x509.key_pem(key)


@pytest.mark.parametrize("algorithm", ["ECDSA-P256", "RSA-2048"])
def test_the_rotated_certificate(tree: Tree, algorithm: str) -> None:
    """Breaks when kubelet.conf is judged without the certificate to which it refers, or its kind of key is a fault."""
    tree.write(ROTATED, b"".join(_rotated(tree, algorithm=algorithm)))
    assert tree.not_ok() == {}
    entry = tree.entries()[KUBERNETES + "kubelet.conf"]
    assert (entry.certificate_path, entry.subject) == ("/" + ROTATED, "O=system:nodes, CN=system:node:cp1")
    assert (entry.days_left, entry.key_algorithm, entry.has_key) == (365.0, algorithm, True)
    assert entry.server == SERVER


@pytest.mark.parametrize(
    ("wanted", "ca", "cut", "status", "reason"),
    [
        (CLIENT, "ca", 0, "missing", "it refers to /var/lib/kubelet/pki/kubelet-client-current.pem, which is missing"),
        (CLIENT, "ca", 100, "unreadable", "kubelet-client-current.pem is not a PEM certificate"),
        (CLIENT._replace(common_name="system:node:cp2"), "ca", None, "wrong", "common name is system:node:cp2"),
        (CLIENT._replace(organizations=()), "ca", None, "wrong", "organization is absent"),
        (CLIENT._replace(usages=("serverAuth",)), "ca", None, "wrong", "usage clientAuth missing"),
        (CLIENT, "front-proxy-ca", None, "wrong", "not signed by the present CA"),
    ],
)
def test_faults_of_the_rotated_certificate(
    tree: Tree, wanted: declared.Certificate, ca: str, cut: int | None, status: str, reason: str
) -> None:
    """Breaks when a kubelet that the API server turns away is reported as well."""
    data = b"".join(_rotated(tree, wanted, ca))[:cut]
    if data:
        tree.write(ROTATED, data)
    found = tree.not_ok()
    assert list(found) == [KUBERNETES + "kubelet.conf"]
    assert found[KUBERNETES + "kubelet.conf"][0] == status
    assert reason in found[KUBERNETES + "kubelet.conf"][1]


def test_halves_of_the_rotated_certificate(tree: Tree) -> None:
    """Breaks when a key that is gone, or is another one's, is not noticed."""
    certificate, _key = _rotated(tree)
    tree.write(ROTATED, certificate)
    status, reason = tree.not_ok()[KUBERNETES + "kubelet.conf"]
    assert (status, "private key" in reason) == ("unreadable", True)
    _certificate, other = _rotated(tree)
    tree.write(ROTATED, certificate + other)
    assert tree.not_ok()[KUBERNETES + "kubelet.conf"] == (
        "wrong",
        f"it refers to /{ROTATED}: its key belongs to another certificate",
    )


@pytest.mark.parametrize(
    ("validity", "later", "status"),
    [(365, 334, "ok"), (365, 336, "due"), (365, 366, "expired"), (20, 17, "ok"), (20, 19, "due"), (20, 21, "expired")],
)
def test_the_end_of_the_rotated_certificate(tree: Tree, validity: int, later: int, status: str) -> None:
    """Breaks when short validities, which the kubelet renews in time by itself, are always due."""
    tree.write(ROTATED, b"".join(_rotated(tree, days=validity)))
    assert tree.entries(later * DAY)[KUBERNETES + "kubelet.conf"].status == status


def test_the_rotated_certificate_where_nobody_signs(tree: Tree) -> None:
    """Breaks when a certificate that the kubelet cannot have renewed is taken for well until its last days."""
    config = tree.config()
    config.node["external_ca"] = True
    tree.write(ROTATED, b"".join(_rotated(tree, days=365)))
    name = KUBERNETES + "kubelet.conf"
    assert [tree.entries(days * DAY, config)[name].status for days in (334, 336, 366)] == ["ok", "due", "expired"]
    tree.write(ROTATED, b"".join(_rotated(tree, days=60)))
    assert tree.entries(31 * DAY, config)[name].status == "due"


@pytest.mark.parametrize(
    ("path", "mode", "entry"),
    [
        (PKI + "ca.key", 0o644, PKI + "ca.crt"),
        (PKI + "etcd/server.key", 0o640, PKI + "etcd/server.crt"),
        (PKI + "apiserver.crt", 0o664, PKI + "apiserver.crt"),
        (PKI + "sa.key", 0o604, PKI + "sa.key"),
        (KUBERNETES + "admin.conf", 0o644, KUBERNETES + "admin.conf"),
    ],
)
def test_what_others_can_read(tree: Tree, path: str, mode: int, entry: str) -> None:
    """Breaks when a key that others can read, which a run would mend, is reported as well."""
    (tree.root / path).chmod(mode)
    assert tree.not_ok() == {entry: ("wrong", f"mode or owner too loose: /{path}")}


def _with_given(tree: Tree, given: GivenCA, config: Config | None = None) -> dict[str, tuple[str, str]]:
    config = config or tree.config()
    found = entries(config, folder_facts(config, str(tree.root), tree.now), {"ca": given})
    return {entry.path[1:]: (entry.status, entry.reason) for entry in found if entry.status != "ok"}


def test_the_cas_of_the_user(tree: Tree) -> None:
    """Breaks when a host with another CA than the declared one is reported as well, and the next run ends with an error."""
    own, other = ((tree.root / PKI / name).read_bytes() for name in ("ca.crt", "front-proxy-ca.crt"))
    assert _with_given(tree, GivenCA("kubewright_ca_files.kubernetes", own, None)) == {}
    found = _with_given(tree, GivenCA("kubewright_ca_files.kubernetes", other, None))
    assert list(found) == [PKI + "ca.crt"]
    assert found[PKI + "ca.crt"][0] == "wrong"
    assert "is another CA than kubewright_ca_files.kubernetes.cert" in found[PKI + "ca.crt"][1]


def test_a_ca_key_that_ought_to_be_on_the_controller(tree: Tree) -> None:
    """Breaks when auditors are told that all is well while a CA's key lies on the host."""
    config = tree.config(ca_key_location="controller", ca_dir="cas")
    assert {path for path, (status, _reason) in tree.not_ok(config=config).items() if status == "wrong"} == CAS


def test_a_serving_certificate_of_the_cluster(tree: Tree) -> None:
    """Breaks when the self-made certificate, which then nobody serves, is reported in place of the rotated one."""
    config = tree.config(kubelet_configuration={"serverTLSBootstrap": True})
    assert KUBELET + "kubelet-server-current.pem" not in tree.entries(config=config)
    wanted = CLIENT._replace(usages=(declared.SERVER,), dns_names=("cp1",))
    tree.write(KUBELET + "kubelet-server-current.pem", b"".join(_rotated(tree, wanted)))
    found = tree.entries(config=config)
    assert SERVING not in found
    entry = found[KUBELET + "kubelet-server-current.pem"]
    assert (entry.kind, entry.status, entry.sans) == ("kubelet", "ok", ["cp1"])


def test_other_folders(tree: Tree) -> None:
    """Breaks hosts whose certificates, or those of the kubelet, lie elsewhere."""
    config = tree.config(certificates_dir="/srv/pki", kubelet_extra_args={"cert-dir": "/srv/kubelet"})
    for old, new in ((PKI, "srv/pki"), (KUBELET, "srv/kubelet")):
        shutil.move(tree.root / old, tree.root / new)
    found = tree.entries(config=config)
    assert {entry.status for entry in found.values()} == {"ok"}
    assert {"srv/pki/etcd/ca.crt", "srv/kubelet/kubelet.crt"} < set(found)


@pytest.mark.parametrize("damage", [case[0] for case in DAMAGES if not case[1].startswith(KUBELET)])
def test_what_is_not_well_is_what_a_run_would_make(tree: Tree, damage: Damage) -> None:
    """Breaks when the report and the run that follows it tell two stories."""
    damage(tree.root)
    config, root = tree.config(), str(tree.root)
    try:
        found: t.Any = plan(config, tree.now, root=root)
    except KubewrightError:
        # What it leaves to the user, or cannot read: the report has to have it as well.
        assert tree.not_ok()
        return
    files = [step for step in found.steps if step.kubeconfig is None]
    planned = {f"{PKI}{step.name}{'.key' if step.name == 'sa' else '.crt'}" for step in files}
    planned |= {step.kubeconfig.path[1:] for step in found.steps if step.kubeconfig is not None}
    assert planned == set(tree.not_ok())


PATHS = [
    PKI + "ca.crt",
    PKI + "ca.key",
    API + ".crt",
    API + ".key",
    PKI + "sa.key",
    PKI + "sa.pub",
    KUBERNETES + "admin.conf",
    SERVING,
    KUBELET + "kubelet.key",
]


@pytest.mark.filterwarnings("ignore")
@hypothesis.given(
    path=st.sampled_from(PATHS), place=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255), inside=st.booleans()
)
@hypothesis.settings(max_examples=150, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
def test_no_damage_raises(tree: Tree, path: str, place: float, flip: int, inside: bool) -> None:
    """Breaks when one damaged byte, in the text or in what it encodes, ends the report of a whole host."""
    whole_data = (tree.root / path).read_bytes()
    data = bytearray(whole_data)
    block = re.search(rb"-----BEGIN ([A-Z ]+)-----\n([A-Za-z0-9+/=\n]+)-----END", whole_data)
    if inside and block is not None:
        decoded = bytearray(base64.b64decode(block.group(2)))
        decoded[int(place * len(decoded))] ^= flip
        data[block.start(2) : block.end(2)] = base64.encodebytes(bytes(decoded))
    else:
        data[int(place * len(data))] ^= flip
    try:
        tree.write(path, bytes(data))
        assert set(tree.entries()) <= set(KINDS)
    finally:
        tree.write(path, whole_data)
