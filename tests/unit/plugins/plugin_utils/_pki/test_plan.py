# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates and kubeconfigs in one: what is signed here, what is requested, and runs that are cut off."""

from __future__ import annotations

import datetime
import os
import pathlib
import shutil
import stat
import subprocess
import typing as t

import pytest
from keyless import CONFS, Keyless, config_with_jane, contents

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.read import kubeconfig_facts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki import comparison, kubeconfig
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.facts import kubeconfig_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.given_ca import GivenCA
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.plan import reasons as reasons_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.plan import written_files
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.rounds import (
    requests_of,
)
from credentials_made import (
    CAS,
    CERTIFICATES,
    KUBECONFIGS,
    apply,
    authority,
    finalized_text,
    make,
    move_keys_away,
    plan,
)
from leaves import LEAVES


def _without_leaves(keyless: Keyless) -> None:
    for name in LEAVES:
        for end in ("crt", "key"):
            (keyless.host.pki / f"{name}.{end}").unlink()
    for path in keyless.host.kubernetes.glob("*.conf"):
        path.unlink()


def _pending(keyless: Keyless) -> pathlib.Path:
    return t.cast("pathlib.Path", keyless.host.kubernetes / ".pending")


def _due(keyless: Keyless) -> datetime.datetime:
    """A time at which every leaf is due and none has ended."""
    return t.cast("datetime.datetime", keyless.host.now + datetime.timedelta(days=350))


def test_nothing_is_asked_for_where_all_is_well(keyless: Keyless) -> None:
    """Breaks every run on a host with an external CA that has what it needs."""
    planned = keyless.plan()
    assert (planned.leaves, planned.stale, planned.warnings) == ([], {}, [])
    assert reasons_of(keyless.config, planned) == {}
    assert keyless.run() == []


def test_requests_go_out_and_certificates_come_back(keyless: Keyless) -> None:
    """Breaks the way without CA keys: what is missing is requested, installed when it is signed, and then all is well."""
    _without_leaves(keyless)
    before = contents(keyless.host.kubernetes)
    requests = keyless.run()
    assert [item.name for item in requests] == [*LEAVES, *CONFS]
    assert {(item.reason, item.due, item.refused) for item in requests} == {("missing", False, "")}
    after = contents(keyless.host.kubernetes)
    assert after.keys() - before.keys() == {f".pending/{name}.key" for name in [*LEAVES, *CONFS]}
    signed = keyless.sign(requests)
    assert keyless.run(signed=signed) == []
    assert not _pending(keyless).exists()
    assert contents(keyless.host.kubernetes).keys() - before.keys() == (
        {f"pki/{name}.{end}" for name in LEAVES for end in ("crt", "key")}
        | {name.replace("users/jane", "jane.conf") for name in CONFS}
    )
    assert (keyless.plan(signed=signed).leaves, keyless.plan().leaves) == ([], [])
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in keyless.host.kubernetes.rglob("*.*")}
    assert {mode for path, mode in modes.items() if path.suffix in (".key", ".conf")} == {0o600}


def test_asking_again_changes_nothing(keyless: Keyless) -> None:
    """Breaks those who sign slowly: a new key with each run would make every certificate that comes back useless."""
    _without_leaves(keyless)
    first = keyless.run()
    files = contents(keyless.host.kubernetes)
    planned = keyless.plan()
    assert reasons_of(keyless.config, planned) == {}
    second = apply(keyless.config, planned, keyless.host.now)
    assert contents(keyless.host.kubernetes) == files
    assert all(comparison.same_request(a.csr.encode(), b.csr.encode()) for a, b in zip(first, second, strict=True))
    assert keyless.run(signed=keyless.sign(first)) == []


def test_check_mode_says_what_the_run_does(keyless: Keyless) -> None:
    """Breaks check mode: requests and reasons are those of the run, and it makes no key."""
    (keyless.host.pki / "apiserver.crt").unlink()
    (keyless.host.pki / "etcd/peer.key").unlink()
    before = contents(keyless.host.kubernetes)
    planned = keyless.plan()
    requests = requests_of(planned)
    assert contents(keyless.host.kubernetes) == before
    pending = str(_pending(keyless))
    assert reasons_of(keyless.config, planned) == {
        f"{pending}/apiserver.key": "certificate is missing",
        f"{pending}/etcd/peer.key": "key is missing",
    }
    assert written_files(keyless.config, planned) == []
    made = apply(keyless.config, planned, keyless.host.now)
    assert [item._replace(csr="") for item in made] == requests
    taken = keyless.plan(signed=keyless.sign(made))
    assert requests_of(taken) == []
    assert reasons_of(keyless.config, taken) == {
        "apiserver": "certificate is missing",
        "etcd/peer": "key is missing",
    }


def test_what_runs_keeps_its_pair_until_the_new_one_is_there(keyless: Keyless) -> None:
    """Breaks a running control plane: its key must not be replaced while the certificate for it is being signed."""
    now = _due(keyless)
    before = contents(keyless.host.kubernetes)
    requests = keyless.run(now)
    assert [item.name for item in requests] == [*LEAVES, *CONFS]
    assert all(item.due for item in requests)
    after = contents(keyless.host.kubernetes)
    assert {name: after[name] for name in before} == before
    keyless.run(now, signed=keyless.sign(requests, now))
    renewed = contents(keyless.host.kubernetes)
    changed = {name for name in before if renewed[name] != before[name]}
    assert changed == {name for name in before if not name.startswith("pki/") or "ca." not in name} - {
        "pki/sa.key",
        "pki/sa.pub",
    }
    assert keyless.plan(now).leaves == []


def test_what_is_due_and_nobody_signs_is_a_warning(keyless: Keyless) -> None:
    """Breaks either the run, weeks before anything ends, or the silence that then lets it end."""
    planned = keyless.plan(_due(keyless), requests=())
    assert planned.leaves == []
    assert reasons_of(keyless.config, planned) == {}
    assert len(planned.warnings) == 1
    assert all(text in planned.warnings[0] for text in ("apiserver.crt ends at", "users/jane", "kubewright_csr_dir"))


def test_what_is_missing_and_nobody_signs_is_an_error(keyless: Keyless) -> None:
    """K5.4: breaks the message, which names what is missing by its CA, and what to do."""
    (keyless.host.pki / "etcd/peer.crt").unlink()
    (keyless.host.kubernetes / "admin.conf").unlink()
    with pytest.raises(KubewrightError) as caught:
        keyless.plan(requests=())
    lines = str(caught.value).splitlines()
    assert len(lines) == 2
    assert (
        "etcd/ca.key is not on the host, so these cannot be signed: etcd/peer.crt: certificate is missing." in lines[0]
    )
    assert "/ca.key is not on the host, so these cannot be signed: admin.conf: missing." in lines[1]
    assert "kubewright_csr_dir" in lines[0]


def test_each_ca_has_its_own_who_signs(keyless: Keyless) -> None:
    """Breaks set-ups where one CA is kept on the controller and another one nowhere: only the latter is an error."""
    (keyless.host.pki / "apiserver.crt").unlink()
    assert [item.name for item in keyless.run(requests=["ca"])] == ["apiserver"]
    (keyless.host.pki / "etcd/peer.crt").unlink()
    with pytest.raises(KubewrightError, match=r"etcd/ca\.key is not on the host.*etcd/peer\.crt"):
        keyless.plan(requests=["ca"])


def test_a_key_that_is_on_the_host_signs_there(keyless: Keyless) -> None:
    """Breaks when what the host can sign itself is asked for, or its own signature waits for those of others."""
    shutil.copy(keyless.elsewhere / "etcd/ca.key", keyless.host.pki / "etcd/ca.key")
    _without_leaves(keyless)
    planned = keyless.plan()
    by_etcd = {"etcd/server", "etcd/peer", "etcd/healthcheck-client", "apiserver-etcd-client"}
    reasons = reasons_of(keyless.config, planned)
    assert {name for name in reasons if ".pending" not in name} == by_etcd
    requests = apply(keyless.config, planned, keyless.host.now)
    assert {item.name for item in requests} == {*LEAVES, *CONFS} - by_etcd
    assert {leaf.name for leaf in keyless.plan().leaves} == {*LEAVES, *CONFS} - by_etcd


def test_everything_is_renewed_once(keyless: Keyless) -> None:
    """Breaks a renewal of all: what was signed for it is taken, and is not what the host has already."""
    requests = keyless.run(everything=True)
    assert [(item.name, item.reason, item.due) for item in requests] == [
        (name, "all are renewed", False) for name in [*LEAVES, *CONFS]
    ]
    signed = keyless.sign(requests)
    assert keyless.run(everything=True, signed=signed) == []
    assert not _pending(keyless).exists()
    # The certificates still lie where they were put: they are no answer to the next request.
    again = keyless.run(everything=True, signed=signed)
    assert [item.refused for item in again] == [""] * len([*LEAVES, *CONFS])
    assert not any(
        comparison.same_request(a.csr.encode(), b.csr.encode()) for a, b in zip(requests, again, strict=True)
    )


@pytest.mark.parametrize("parts", [CERTIFICATES, KUBECONFIGS])
def test_each_part_leaves_the_other_ones_keys_alone(keyless: Keyless, parts: tuple[str, ...]) -> None:
    """Breaks roles that are run one by one: the keys that the other one waits for would be lost."""
    _without_leaves(keyless)
    requests = keyless.run()
    other = KUBECONFIGS if parts == CERTIFICATES else CERTIFICATES
    signed = keyless.sign(requests)
    assert keyless.run(parts=parts, signed=signed) == []
    assert keyless.run(parts=other, signed=signed) == []
    assert keyless.plan().leaves == []


def test_a_loose_mode_is_tightened_while_a_certificate_is_waited_for(keyless: Keyless) -> None:
    """Breaks when a key in use stays readable for weeks because it is to be replaced."""
    paths = [keyless.host.pki / "apiserver.key", keyless.host.kubernetes / "admin.conf"]
    for requests in (CAS, ()):
        for path in paths:
            path.chmod(0o644)
        planned = keyless.plan(_due(keyless), requests=requests)
        reasons = reasons_of(keyless.config, planned)
        assert reasons["apiserver.key"] == reasons[str(paths[1])] == "mode or owner too loose"
        apply(keyless.config, planned, _due(keyless))
        assert [stat.S_IMODE(path.stat().st_mode) for path in paths] == [0o600, 0o600]


def test_a_file_that_is_written_anyway_has_one_reason(host: t.Any) -> None:
    """Breaks the reasons: a leaf that is issued anew would be listed once more for its mode."""
    shutil.copytree(host.sound, host.pki)
    make(host.config(), host.now, KUBECONFIGS)
    (host.pki / "apiserver.crt").unlink()
    (host.pki / "apiserver.key").chmod(0o644)
    (host.pki / "sa.pub").unlink()
    (host.pki / "sa.key").chmod(0o644)
    (host.kubernetes / "admin.conf").write_text("")
    (host.kubernetes / "admin.conf").chmod(0o644)
    planned = plan(host.config(), host.now)
    assert reasons_of(host.config(), planned) == {
        "apiserver": "certificate is missing",
        "sa": "public half is missing",
        "sa.key": "mode or owner too loose",
        str(host.kubernetes / "admin.conf"): "is not a kubeconfig with a usable current context",
    }
    apply(host.config(), planned, host.now)
    assert reasons_of(host.config(), plan(host.config(), host.now)) == {}


class _CutOff(BaseException):
    """What SIGKILL is to a run."""


def _cut_off(patch: pytest.MonkeyPatch, after: int) -> None:
    """Ends the run before the file system is changed for the so many-th time."""
    left = [after]

    def counted(real: t.Callable[..., None]) -> t.Callable[..., None]:
        def change(path: str, *more: t.Any, **folders: int) -> None:
            folder = folders.get("dir_fd", folders.get("src_dir_fd"))
            if path in os.listdir(f"/proc/self/fd/{folder}" if folder is not None else os.path.dirname(path)):
                if left[0] == 0:
                    raise _CutOff
                left[0] -= 1
            real(path, *more, **folders)

        return change

    for name in ("rename", "unlink"):
        patch.setattr(os, name, counted(getattr(os, name)))


def _interrupted(keyless: Keyless, after: int, now: datetime.datetime, **task: t.Any) -> bool:
    planned = keyless.plan(now, **task)
    with pytest.MonkeyPatch.context() as patch:
        _cut_off(patch, after)
        try:
            apply(keyless.config, planned, now)
        except _CutOff:
            return True
    return False


def _small(keyless: Keyless) -> Keyless:
    """Three that are renewed: two pairs and a kubeconfig, so that every step can be tried."""
    for name in ("apiserver", "etcd/peer"):
        (keyless.host.pki / f"{name}.crt").unlink()
    (keyless.host.kubernetes / "admin.conf").unlink()
    return keyless


def test_a_run_that_is_cut_off_while_it_asks_loses_no_key(keyless: Keyless) -> None:
    """Breaks when a request that is out already is for a key that the next run replaces."""
    _small(keyless)
    known: dict[str, bytes] = {}
    # The second one also removes the file that the first one has left half written.
    for after in (1, 2):
        assert _interrupted(keyless, after, keyless.host.now)
        keys = {str(path): path.read_bytes() for path in _pending(keyless).rglob("*.key")}
        assert len(keys) == len(known) + 1
        assert keys.items() >= known.items()
        known = keys
    assert not _interrupted(keyless, 2, keyless.host.now)
    assert keyless.run(signed=keyless.sign(keyless.run())) == []
    assert keyless.plan().leaves == []


@pytest.mark.parametrize("after", range(9))
def test_a_run_that_is_cut_off_while_it_installs_is_mended_by_the_next(keyless: Keyless, after: int) -> None:
    """Breaks when a certificate that somebody has signed by hand is good for one attempt only, or a key is left over."""
    _small(keyless)
    signed = keyless.sign(keyless.run())
    cut = _interrupted(keyless, after, keyless.host.now, signed=signed)
    # Five files are written, three keys removed.
    assert cut is (after < 8)
    planned = keyless.plan(signed=signed)
    assert bool(reasons_of(keyless.config, planned)) is cut
    assert apply(keyless.config, planned, keyless.host.now) == []
    assert reasons_of(keyless.config, keyless.plan(signed=signed)) == {}
    assert not _pending(keyless).exists()
    for name in ("apiserver", "etcd/peer"):
        assert (keyless.host.pki / f"{name}.crt").read_bytes() == signed[name]


@pytest.mark.parametrize("after", range(6, 8))
def test_a_key_that_was_left_over_is_not_asked_for_again(keyless: Keyless, after: int) -> None:
    """Breaks the next renewal: it would keep the old key, which renewals are to replace."""
    _small(keyless)
    signed = keyless.sign(keyless.run())
    assert _interrupted(keyless, after, keyless.host.now, signed=signed)
    in_use = (keyless.host.pki / "etcd/peer.key").read_bytes()
    requests = keyless.run(everything=True, signed=signed)
    assert "etcd/peer" in {item.name for item in requests}
    assert (_pending(keyless) / "etcd/peer.key").read_bytes() != in_use


def test_keys_that_wait_for_nothing_are_removed(keyless: Keyless) -> None:
    """Breaks when a private key stays on the host for ever because its kubeconfig is declared no longer."""
    (keyless.host.kubernetes / "jane.conf").unlink()
    (keyless.host.pki / "apiserver.crt").unlink()
    keyless.run()
    config = keyless.host.config()
    planned = plan(config, keyless.host.now, requests=CAS)
    path = str(_pending(keyless) / "users/jane.key")
    assert reasons_of(config, planned) == {path: "nothing that is declared waits for it"}
    apply(config, planned, keyless.host.now)
    assert set(contents(_pending(keyless))) == {"apiserver.key"}


@pytest.mark.parametrize("given", [False, True])
@pytest.mark.parametrize("parts", [CERTIFICATES, KUBECONFIGS, CERTIFICATES + KUBECONFIGS])
def test_nothing_is_renewed_where_there_is_no_control_plane(host: t.Any, parts: tuple[str, ...], given: bool) -> None:
    """Breaks a renewal on the wrong host: it must not get a CA of its own, nor the one that the controller brings."""
    ca = {
        "ca": GivenCA("x.crt", (host.sound / "ca.crt").read_bytes(), (host.sound / "ca.key").read_bytes()),
    }
    with pytest.raises(KubewrightError, match="has no control plane whose certificates can be renewed"):
        plan(host.config(), host.now, parts, given=ca if given else {}, existing_cluster=True)


def test_a_renewal_makes_no_super_admin(host: t.Any) -> None:
    """Breaks the advice to keep super-admin.conf elsewhere: a renewal would bring it back."""
    shutil.copytree(host.sound, host.pki)
    make(host.config(), host.now, KUBECONFIGS)
    (host.kubernetes / "super-admin.conf").unlink()
    (host.kubernetes / "scheduler.conf").unlink()
    planned = plan(host.config(), host.now, existing_cluster=True)
    assert [leaf.name for leaf in planned.leaves] == ["scheduler.conf"]


def test_all_problems_come_at_once(keyless: Keyless) -> None:
    """Breaks when one damaged CA hides the next."""
    (keyless.host.pki / "ca.crt").write_text("nonsense")
    (keyless.host.pki / "sa.key").unlink()
    with pytest.raises(KubewrightError) as caught:
        keyless.plan()
    assert [
        name
        for name in ("ca.crt is not a PEM certificate", "sa.pub is there but sa.key is not")
        if name in str(caught.value)
    ]
    assert len(str(caught.value).splitlines()) == 2


@pytest.mark.parametrize("length", [52, 53, 63, 65])
def test_long_names_of_nodes(host: t.Any, length: int) -> None:
    """Breaks nodes whose common names have more than 64 bytes, for which kubeadm issues certificates too."""
    config = host.config(node_name="n" * length)
    assert len(plan(config, host.now).leaves) == len([*LEAVES, *CONFS]) - 1


USAGES = {"sslserver": "TLS Web Server Authentication", "sslclient": "TLS Web Client Authentication"}


@pytest.mark.parametrize(
    ("name", "ca", "subject", "names", "usages"),
    [
        (
            "apiserver",
            "ca",
            "CN = kube-apiserver",
            ["DNS:cp1", "DNS:kubernetes.default.svc.cluster.local", "IP Address:10.96.0.1", "IP Address:192.0.2.10"],
            ["sslserver"],
        ),
        ("etcd/peer", "etcd/ca", "CN = cp1", ["DNS:localhost", "IP Address:127.0.0.1"], ["sslserver", "sslclient"]),
        ("front-proxy-client", "front-proxy-ca", "CN = front-proxy-client", [], ["sslclient"]),
        ("kubelet.conf", "ca", "O = system:nodes, CN = system:node:cp1", [], ["sslclient"]),
        ("users/jane", "ca", "O = dev, CN = jane", [], ["sslclient"]),
    ],
)
@pytest.mark.parametrize("algorithm", ["ECDSA-P256", "RSA-2048"])
def test_openssl_reads_the_requests_and_signs_them(
    host: t.Any,
    tmp_path: pathlib.Path,
    name: str,
    ca: str,
    subject: str,
    names: list[str],
    usages: list[str],
    algorithm: str,
) -> None:
    """Breaks those who sign with other tools: subject, names and usages are all in the request, and a copy is taken."""
    shutil.copytree(host.sound, host.pki)
    move_keys_away(host.pki, tmp_path / "elsewhere")
    keyless = Keyless(host, config_with_jane(host, encryption_algorithm=algorithm), tmp_path / "elsewhere")
    for path in [f"{name}.crt", f"{name}.key"] if "conf" not in name and "jane" not in name else []:
        (host.pki / path).unlink(missing_ok=True)
    csr, crt = tmp_path / "request.csr", tmp_path / "signed.crt"
    csr.write_text(next(item.csr for item in keyless.run() if item.name == name), encoding="ascii")

    def openssl(*arguments: str) -> str:
        command = ["openssl", *arguments]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        assert answer.returncode == 0, answer.stderr
        return answer.stdout + answer.stderr

    text = openssl("req", "-in", str(csr), "-verify", "-noout", "-text")
    assert "verify OK" in text
    assert f"Subject: {subject}\n" in text
    assert all(item in text for item in names)
    assert ("Subject Alternative Name" in text) is bool(names)
    assert {usage for usage, shown in USAGES.items() if shown in text} == set(usages)
    assert "Key Usage: critical Digital Signature, Key Encipherment" in " ".join(text.split())
    base = str(keyless.elsewhere / ca)
    openssl(
        "x509", "-req", "-in", str(csr), "-CA", base + ".crt", "-CAkey", base + ".key", "-out", str(crt),
        "-days", "90", "-copy_extensions", "copy",
    )  # fmt: skip
    for usage in usages:
        openssl("verify", "-purpose", usage, "-CAfile", base + ".crt", str(crt))
    # openssl has no backdating: the certificate begins when it is signed.
    now = datetime.datetime.now(datetime.timezone.utc)
    assert name not in {item.name for item in keyless.run(now, signed={name: crt.read_bytes()})}
    assert name not in {leaf.name for leaf in keyless.plan(now).leaves}


def test_a_given_ca_without_a_key_is_asked(host: t.Any, tmp_path: pathlib.Path) -> None:
    """Breaks a blank host whose CA is kept elsewhere: its certificate comes, its key does not, and requests go out."""
    given = {name: GivenCA(f"{name}.crt", (host.sound / f"{name}.crt").read_bytes(), None) for name in CAS}
    keyless = Keyless(host, config_with_jane(host), host.sound)
    requests = keyless.run(given=given)
    assert [item.name for item in requests] == [*LEAVES, *CONFS]
    assert not list(host.pki.rglob("*ca.key"))
    assert keyless.run(given=given, signed=keyless.sign(requests)) == []
    assert keyless.plan(given=given).leaves == []
    assert not list(host.pki.rglob("*ca.key"))


def test_what_is_signed_for_a_kubelet_replaces_its_dead_certificate(keyless: Keyless, tmp_path: pathlib.Path) -> None:
    """Breaks a kubelet that was off for long without a CA key on its host: what it refers to stays until there is a new one."""
    config = config_with_jane(keyless.host, kubelet_extra_args={"cert-dir": str(tmp_path)})
    keyless = keyless._replace(config=config)
    path = keyless.host.kubernetes / "kubelet.conf"
    path.write_text(finalized_text(path.read_text(), config))
    rotated = tmp_path / "kubelet-client-current.pem"
    rotated.write_text("nonsense")
    requests = keyless.run()
    assert [item.name for item in requests] == ["kubelet.conf"]
    assert rotated.exists()
    assert keyless.run(signed=keyless.sign(requests)) == []
    assert not rotated.exists()
    assert keyless.plan().leaves == []


def test_only_the_kubelet_may_refer_to_the_rotated_certificate(keyless: Keyless, tmp_path: pathlib.Path) -> None:
    """Breaks admin.conf: a copy of the kubelet's would pass for it, with the rights of a node."""
    config = config_with_jane(keyless.host, kubelet_extra_args={"cert-dir": str(tmp_path)})
    text = (keyless.host.kubernetes / "admin.conf").read_text()
    (keyless.host.kubernetes / "admin.conf").write_text(finalized_text(text, config))
    planned = keyless._replace(config=config).plan()
    assert [(leaf.name, leaf.reason) for leaf in planned.leaves] == [
        ("admin.conf", "its client certificate or key is unreadable")
    ]


@pytest.mark.parametrize(
    "content",
    ["root:x:0:0:root:/root:/bin/bash\n", "several"],
    ids=["no kubeconfig", "several clusters"],
)
def test_a_file_of_somebodys_own_is_not_overwritten(keyless: Keyless, content: str) -> None:
    """Breaks /root/.kube/config with ten clusters, or whatever else lies at the path of a declared kubeconfig."""
    path = keyless.host.kubernetes / "jane.conf"
    if content == "several":
        content = path.read_text().replace(
            "contexts:\n", "contexts:\n- context:\n    cluster: other\n    user: other\n  name: other\n"
        )
    path.write_text(content)
    with pytest.raises(KubewrightError, match=r"kubewright_kubeconfigs: .*jane\.conf .* or move the file away"):
        keyless.plan()
    assert kubeconfig.foreign_content(kubeconfig_of(kubeconfig_facts(content.encode()))) is not None
    path.write_text("")
    assert [leaf.name for leaf in keyless.plan().leaves] == ["users/jane"]


def test_the_signing_of_the_tests_is_that_of_the_ca(keyless: Keyless) -> None:
    """Breaks this file: a CA that signs something else would make any plan look right."""
    _without_leaves(keyless)
    for name, pem in keyless.sign(keyless.run()).items():
        ca = "front-proxy-ca" if name.startswith("front") else "etcd/ca" if "etcd" in name else "ca"
        assert comparison.is_signed_by(_x509.load_certificate(pem), authority(keyless.elsewhere, ca).certificate)
