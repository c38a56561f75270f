# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of certificates on running control planes: new names, renewal, damage, and what takes them up.

The tests build on each other, in the order of this file.
"""

from __future__ import annotations

import os
import pathlib
import re
import shlex
import subprocess
import typing as t

import pytest
from certificate_life import (
    FIRST,
    KUBECONFIGS,
    LEAVES,
    PKI,
    SECOND,
    Watch,
    changed,
    fingerprint,
    on_node,
    play,
    secrets_of,
    served,
    serves_its_files,
    started,
    sums,
    verify_all,
    written,
)
from certs_runs import report_certificates
from finished_node import ADMIN, Node
from kubeadm_joins import MINOR, give_kubeadm, join_control_plane

# The kubelet waits 10 or 20 s before it starts again what was started a moment ago, and a busy machine takes its time. A
# component that is left down stays so for minutes.
LONGEST_AWAY = 60
NEW_NAME = '{"kubewright_apiserver_cert_sans": ["api.example.com", "192.0.2.77"]}'
RESTARTED = {"kube-controller-manager", "kube-scheduler"}
LEAF_FILES = sorted(f"{PKI}/{leaf}.{end}" for leaf in LEAVES for end in ("crt", "key"))
KUBECONFIG_FILES = [f"/etc/kubernetes/{name}" for name in KUBECONFIGS]
# Only init makes it, since 1.29; kubeadm join makes none.
SUPER_ADMIN = {"/etc/kubernetes/super-admin.conf"} if MINOR >= 29 else set()
LIMITED = {
    FIRST: {*KUBECONFIG_FILES, *SUPER_ADMIN},
    SECOND: set(KUBECONFIG_FILES),
}
PRECIOUS = [f"{PKI}/{ca}.{end}" for ca in ("ca", "front-proxy-ca", "etcd/ca") for end in ("crt", "key")]
PRECIOUS += [f"{PKI}/sa.key", f"{PKI}/sa.pub"]
# Each leaves the file in place wrong in one way. {other}: a sound file of the same kind that belongs to another.
DAMAGES = {
    "deleted": "rm {file}",
    "damaged": "sed -i '3s/./!/g' {file}",
    "truncated": "truncate -s 150 {file}",
    "swapped": "cat {other} >{file}",
    "of another CA": "cat {foreign} >{file}",
}
FOREIGN = "/run/foreign"
# Every file in every way takes half an hour; otherwise each way and each kind of file is met once.
EVERY = "EVERY_DAMAGE" in os.environ
TAKEN_UP = [*LEAF_FILES, *KUBECONFIG_FILES] if EVERY else [f"{PKI}/etcd/server.crt", "/etc/kubernetes/scheduler.conf"]
MENDED = [(file, damage) for file in (*LEAF_FILES, *KUBECONFIG_FILES) for damage in DAMAGES if damage != "truncated"]
MENDED_SAMPLE = [
    (f"{PKI}/apiserver.crt", "swapped"),
    (f"{PKI}/front-proxy-client.key", "deleted"),
    (f"{PKI}/etcd/peer.crt", "of another CA"),
    ("/etc/kubernetes/controller-manager.conf", "damaged"),
]
WITH_A_MODE = [*LEAF_FILES, *KUBECONFIG_FILES, *PRECIOUS]
MODE_SAMPLE = [f"{PKI}/apiserver.key", f"{PKI}/sa.pub", "/etc/kubernetes/admin.conf"]
KEPT = [(file, damage) for file in PRECIOUS for damage in DAMAGES if damage != "swapped"]
KEPT_SAMPLE = [
    (f"{PKI}/ca.key", "deleted"),
    (f"{PKI}/sa.key", "damaged"),
    (f"{PKI}/etcd/ca.crt", "truncated"),
    (f"{PKI}/front-proxy-ca.key", "of another CA"),
]


def _output_without_secrets(output: str, *names: str) -> None:
    assert "PRIVATE KEY" not in output
    lines = set().union(*(secrets_of(name) for name in names))
    assert len(lines) > 100
    assert [line for line in lines if line in output] == []


def test_a_new_name_is_served(first: Node) -> None:
    """Breaks what kubeadm leaves to people: a new name in the certificate is signed, shown and nothing else is touched."""
    before, running = sums(FIRST), started(FIRST)
    check = play("--check", "-e", NEW_NAME)
    assert (check.code, sums(FIRST)) == (0, before)
    with Watch(FIRST) as watch:
        run = play("-e", NEW_NAME)
    assert run.code == 0, run.output
    assert changed(before, sums(FIRST)) == {f"{PKI}/apiserver.crt", f"{PKI}/apiserver.key"}
    shown = served(FIRST, 6443)
    assert "DNS:api.example.com" in shown
    assert "IP Address:192.0.2.77" in shown
    assert watch.away < LONGEST_AWAY
    # Since 1.17 it is taken up without a restart.
    assert started(FIRST) == running
    assert "SAN api.example.com missing; SAN 192.0.2.77 missing" in run.output
    _output_without_secrets(run.output, FIRST)
    assert play("-e", NEW_NAME).changed == 0
    # The names stay when they are not declared any more; only the stored configuration follows.
    assert play().changed == 1
    assert "DNS:api.example.com" in served(FIRST, 6443)


def test_a_second_control_plane_joins(first: Node, second: Node, kubernetes_binaries: pathlib.Path) -> None:
    """Breaks when the certificates and the printed command do not do for kubeadm join --control-plane."""
    printed = re.search(r'"(kubeadm join [^"]+)"', play().output)
    assert printed is not None
    give_kubeadm(kubernetes_binaries, SECOND)
    shared = " ".join(path[1:] for path in PRECIOUS)
    archive = subprocess.run(
        ["docker", "exec", FIRST, "bash", "-c", f"cd / && tar c {shared}"], check=True, capture_output=True
    ).stdout
    subprocess.run(["docker", "exec", "-i", SECOND, "tar", "x", "-C", "/"], check=True, input=archive)
    join_control_plane(first, SECOND, [*shlex.split(printed.group(1)), "--control-plane"])
    second.run("rm /usr/local/bin/kubeadm")


def _runs_with_its_kubeconfigs(name: str) -> None:
    now = started(name)
    for component in RESTARTED:
        assert now[component] > written(name, f"/etc/kubernetes/{component[len('kube-') :]}.conf"), component


def test_what_ends_soon_is_renewed_on_one_after_the_other(first: Node, second: Node) -> None:
    """Breaks the renewal: something due is forgotten or goes on to be served, a component keeps an old client certificate,
    or both control planes are away at once.
    """
    short = report_certificates({"kubewright_renew": "all", "kubewright_certificate_validity_period": "1h0m0s"})
    assert short.code == 0, short.output
    for name in (FIRST, SECOND):
        on_node(name, f"! openssl x509 -in {PKI}/apiserver.crt -noout -checkend 3600")
        assert serves_its_files(name)
    due = report_certificates()
    assert due.code != 0
    for name in (FIRST, SECOND):
        states = {path: entry["status"] for path, entry in due.entries(name).items()}
        expected = {f"{PKI}/{leaf}.crt" for leaf in LEAVES} | LIMITED[name]
        assert {path for path, status in states.items() if status == "due"} == expected
    running = {name: started(name) for name in (FIRST, SECOND)}
    shown = {name: fingerprint(served(name, 6443)) for name in (FIRST, SECOND)}
    with Watch(FIRST) as first_watch, Watch(SECOND) as second_watch:
        renewed = report_certificates({"kubewright_renew": True}, "-vvv", "--diff")
    assert renewed.code == 0, renewed.output
    assert max(first_watch.away, second_watch.away) < LONGEST_AWAY
    _output_without_secrets(renewed.output, FIRST, SECOND)
    for name in (FIRST, SECOND):
        verify_all(name)
        on_node(
            name,
            f"for crt in {PKI}/apiserver.crt {PKI}/etcd/server.crt; do openssl x509 -in $crt -noout -checkend 30000000 || exit 1; done",
        )
        assert serves_its_files(name)
        assert fingerprint(served(name, 6443)) != shown[name]
        host = next(item for item in renewed.report["hosts"] if item["name"] == name)
        # One that has ended by itself meanwhile, as those do that lose the API server, was started by the kubelet.
        assert set(host["renewal"]["restarted"]) <= RESTARTED
        assert set(host["renewal"]["renewed"]) == {*LEAVES, *LIMITED[name]}
        assert set(host["renewal"]["served"]) == {"kube-apiserver", "etcd", "etcd-peer"}
        now = started(name)
        assert {component for component, moment in now.items() if moment != running[name][component]} == RESTARTED
        _runs_with_its_kubeconfigs(name)
        assert first.kubectl(f"get --raw /healthz --server https://{second.variables['ansible_host']}:6443") == "ok"
    # The first was back before the second went down.
    assert max(started(FIRST)[component] for component in RESTARTED) < min(
        started(SECOND)[component] for component in RESTARTED
    )
    again = report_certificates({"kubewright_renew": True})
    assert again.code == 0, again.output
    assert [host["renewal"]["renewed"] for host in again.report["hosts"]] == [{}, {}]
    assert play().changed == 0


def test_a_control_plane_that_does_not_come_back_stops_the_renewal(first: Node, second: Node) -> None:
    """Breaks a cluster: its next control plane is taken down while the one before it is not well."""
    # The kubelet is what starts the components again.
    first.run("systemctl stop kubelet")
    before = sums(SECOND)
    run = report_certificates({"kubewright_renew": "all", "kubewright_wait_timeout": "5s"})
    assert run.code != 0
    assert sums(SECOND) == before
    renewals = [host["renewal"] for host in run.report["hosts"]]
    assert "kubelet" in renewals[0]["error"]
    assert renewals[1]["error"].startswith("another control plane of its cluster did not come back")
    assert renewals[1]["renewed"] == {}
    first.run("systemctl start kubelet")
    # The next run takes up what that one has left, and goes on.
    mended = report_certificates({"kubewright_renew": True})
    assert mended.code == 0, mended.output
    assert set(mended.report["hosts"][0]["renewal"]["restarted"]) <= RESTARTED
    _runs_with_its_kubeconfigs(FIRST)
    assert serves_its_files(FIRST)


@pytest.fixture(scope="module")
def foreign() -> None:
    """On the node, the files of another cluster with the same names, as openssl makes them."""
    on_node(FIRST, f"rm -rf {FOREIGN}; mkdir -p {FOREIGN}/pki/etcd; chmod 700 {FOREIGN}; cd {FOREIGN}/pki")
    make = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 100 -subj /CN=foreign -keyout {0}.key -out {0}.crt 2>/dev/null"
    )
    names = [*LEAVES, "ca", "front-proxy-ca", "etcd/ca", "sa"]
    on_node(FIRST, f"cd {FOREIGN}/pki; " + "; ".join(make.format(name) for name in names))
    on_node(FIRST, f"cd {FOREIGN}/pki; openssl pkey -in sa.key -pubout -out sa.pub")
    for name in KUBECONFIGS:
        # Another CA inside, and a client certificate of that one.
        script = (
            'sed -e "s|certificate-authority-data: .*|certificate-authority-data: $(base64 -w0 pki/ca.crt)|"'
            ' -e "s|client-certificate-data: .*|client-certificate-data: $(base64 -w0 pki/apiserver.crt)|"'
            ' -e "s|client-key-data: .*|client-key-data: $(base64 -w0 pki/apiserver.key)|"'
        )
        on_node(FIRST, f"cd {FOREIGN}; {script} /etc/kubernetes/{name} >{name}")


def _damage(file: str, damage: str) -> None:
    kind = file.rsplit(".", 1)[1]
    others = {
        "crt": "front-proxy-client.crt",
        "key": "front-proxy-client.key",
        "conf": "scheduler.conf",
        "pub": "ca.crt",
    }
    other = f"{PKI}/{others[kind]}" if kind != "conf" else f"/etc/kubernetes/{others[kind]}"
    if other == file:
        other = other.replace("front-proxy-client", "apiserver").replace("scheduler", "controller-manager")
    at_foreign = file.replace("/etc/kubernetes", FOREIGN)
    on_node(FIRST, DAMAGES[damage].format(file=file, other=other, foreign=at_foreign))


def _pair_of(file: str) -> set[str]:
    if file.endswith(".conf"):
        return {file}
    base = file.rsplit(".", 1)[0]
    return {base + ".crt", base + ".key"}


@pytest.mark.usefixtures("foreign")
@pytest.mark.parametrize("file", TAKEN_UP)
def test_what_was_damaged_is_taken_up(file: str) -> None:
    """Breaks when what runs goes on without the mended file, the API is away for long, or the next run finds something."""
    before = sums(FIRST)
    _damage(file, "truncated")
    with Watch(FIRST) as watch:
        run = play()
    assert (run.code, changed(before, sums(FIRST))) == (0, _pair_of(file)), run.output
    assert watch.away < LONGEST_AWAY
    assert serves_its_files(FIRST)
    assert play().changed == 0


@pytest.mark.usefixtures("foreign")
@pytest.mark.parametrize(("file", "damage"), MENDED if EVERY else MENDED_SAMPLE)
def test_damage_is_mended_where_it_is(file: str, damage: str) -> None:
    """Breaks when a damaged file is not seen, is not mended in one run, or more than it is made anew."""
    before = sums(FIRST)
    _damage(file, damage)
    run = play("--tags", "certs,kubeconfig")
    assert (run.code, run.changed) == (0, 1), run.output
    after = sums(FIRST)
    assert set(after) == set(before)
    assert changed(before, after) == _pair_of(file)
    assert on_node(FIRST, f"stat -c '%a %U' {file}").split() == ["644" if file.endswith(".crt") else "600", "root"]
    _output_without_secrets(run.output, FIRST)


@pytest.mark.parametrize("file", WITH_A_MODE if EVERY else MODE_SAMPLE)
def test_a_mode_is_mended_without_a_new_file(file: str) -> None:
    """Breaks when a key stays readable for others, or is made anew only because of its mode."""
    before = sums(FIRST)
    mode = on_node(FIRST, f"stat -c %a {file}")
    on_node(FIRST, f"chmod 666 {file}")
    run = play("--tags", "certs,kubeconfig")
    assert (run.code, run.changed) == (0, 1), run.output
    assert on_node(FIRST, f"stat -c %a {file}") == ("600\n" if file.endswith("sa.pub") else mode)
    assert sums(FIRST) == before


@pytest.mark.usefixtures("foreign")
@pytest.mark.parametrize(("file", "damage"), KEPT if EVERY else KEPT_SAMPLE)
def test_what_is_precious_is_left_to_people(file: str, damage: str) -> None:
    """Breaks when a CA or the key of the service accounts is replaced without a word."""
    on_node(FIRST, f"cp -p {file} /run/kept")
    _damage(file, damage)
    before = sums(FIRST)
    run = play("--tags", "certs,kubeconfig")
    wrong = sums(FIRST)
    on_node(FIRST, f"mv /run/kept {file}")
    if damage == "deleted" and (file.endswith(("sa.pub", "ca.key"))):
        # The public half follows from the key, and a CA whose key is elsewhere is one that somebody else signs with.
        assert (run.code, changed(before, wrong)) == (0, {file} if file.endswith("sa.pub") else set())
        return
    assert run.code != 0
    assert wrong == before
    assert re.search(r"(Put|put) .* (there|back|away)", " ".join(run.output.split()))
    assert "Traceback" not in run.output


def test_all_is_well_after_all_that(first: Node) -> None:
    """Breaks when a component goes on with files that were mended since, or the API is away for long."""
    with Watch(FIRST) as watch:
        run = play()
    assert run.code == 0, run.output
    assert watch.away < LONGEST_AWAY
    assert serves_its_files(FIRST)
    verify_all(FIRST)
    assert play().changed == 0
    run = report_certificates()
    assert run.code == 0, run.output
    first.kubectl("get nodes", ADMIN)
    leftovers = on_node(
        FIRST,
        "find / /run /tmp /var/lib/kubelet /var/lib/etcd -xdev ( -name '.*.kubewright' -o -name '.pending' )".replace(
            "(", "\\("
        ).replace(")", "\\)"),
    )
    assert leftovers == ""


def test_no_other_user_can_read_a_key(first: Node) -> None:
    """Breaks when a key is readable for others, or left in a place for temporary files."""
    search = "find / -path /proc -prune -o -path /sys -prune -o -path /dev -prune -o -path /run/foreign -prune -o -type f -print0"
    keys = on_node(FIRST, f"{search} | xargs -0 grep -IlE '^-----BEGIN .*PRIVATE KEY-----' | xargs stat -c '%n %a %U'")
    found = {line.split()[0]: tuple(line.split()[1:]) for line in keys.splitlines()}
    ours: dict[str, t.Any] = {path: mode for path, mode in found.items() if not path.startswith(("/etc/ssh/", "/usr/"))}
    assert {path.rsplit("/", 1)[0] for path in ours} == {PKI, f"{PKI}/etcd", "/var/lib/kubelet/pki"}
    assert set(ours.values()) == {("600", "root")}
