# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that are really made on nodes: each is reported under the right name with the right cure, and nothing else is.

The real kubeadm of the nodes' version looks at every fault that it knows as well, and has to say the same.
"""

from __future__ import annotations

import os
import pathlib
import subprocess
import types
import typing as t

import pytest
from preflight_runs import (
    FIRST,
    HEALTHY,
    MINOR,
    NEEDS_CRICTL,
    SECOND,
    KubeadmOutcomes,
    Outcomes,
    check_hosts,
    on_node,
)
from report_runs import PROJECT

# This collection's own checks: kubeadm has none of these names.
OWN = {
    "AdvertiseAddress",
    "AppArmor",
    "CRIVersion",
    "CertificateExpiry",
    "Certificates",
    "CgroupDriver",
    "ClockSkew",
    "ControlPlaneEndpoint",
    "DirWritable--etc-kubernetes",
    "DirWritable--etc-kubernetes-manifests",
    "DirWritable--etc-kubernetes-pki",
    "DirWritable--var-lib-etcd",
    "DirWritable--var-lib-kubelet",
    "DuplicateHostname",
    "DuplicateMachineID",
    "DuplicateNodeName",
    "DuplicateProductUUID",
    "Entropy",
    "EtcdDiskLatency",
    "EtcdDiskSpace",
    "EtcdInodes",
    "Firewall",
    "ForeignManifest",
    "KubeProxyMode",
    "Leftovers",
    "RunningCluster",
    "SELinux",
    "Service-Containerd",
    "SubnetOverlap",
}
VERSION = os.environ["KUBERNETES_VERSION"]
# What kubeadm says beside CRI where the runtime cannot be asked: here one cause is one error.
NOT_ASKED = {"ContainerRuntimeVersion": "error"} if MINOR >= 35 else {}
# An image that no node has, and no registry is there to have it.
ABSENT_IMAGE = {"kubewright_etcd_image_tag": "0.0.0", "kubewright_image_pull_policy": "Never"}
# A command that every host has to have.
NEEDED = "conntrack" if MINOR < 33 else "losetup"
MANIFESTS = "/etc/kubernetes/manifests"
CONTAINERD = "/etc/containerd/config.toml"
RESTARTED = (
    "systemctl restart containerd && for i in $(seq 100); do ctr version >/dev/null 2>&1 && break; sleep 0.1; done"
)


class Fault(t.NamedTuple):
    """A fault. make, undo: commands on C(node). expected: by host, severity by name of what fails then beyond what failed before.

    minors: where it is a fault. cure: a name and a part of its cure.
    kubeadm: severities that kubeadm gives in place of ours; None where it is not asked, because
    the fault lies in the input or between hosts.
    """

    make: str
    undo: str
    expected: dict[str, dict[str, str]]
    cure: tuple[str, str]
    node: str = FIRST
    variables: t.Mapping[str, t.Any] = types.MappingProxyType({})
    minors: range = range(12, 38)
    kubeadm: t.Mapping[str, str] | None = types.MappingProxyType({})


def _first(**expected: str) -> dict[str, dict[str, str]]:
    return {FIRST: {name.replace("__", "-"): severity for name, severity in expected.items()}}


def _named(name: str, severity: str) -> dict[str, dict[str, str]]:
    return {FIRST: {name: severity}}


def _both(name: str, severity: str) -> dict[str, dict[str, str]]:
    return {FIRST: {name: severity}, SECOND: {name: severity}}


def _listening(port: int) -> str:
    return f"for i in $(seq 100); do ss -ltn | grep -q ':{port} ' && exit; sleep 0.1; done; exit 1"


FAULTS = {
    "port held by a process": Fault(
        f"(python3 -m http.server 6443 >/dev/null 2>&1 &); {_listening(6443)}",
        "pkill -f '[h]ttp.server 6443'",
        _named("Port-6443", "error"),
        ("Port-6443", "(kill "),
    ),
    "port held by a service": Fault(
        f"systemd-run --quiet --unit=squatter python3 -m http.server 10250; {_listening(10250)}",
        "systemctl stop squatter",
        _named("Port-10250", "error"),
        ("Port-10250", "systemctl stop squatter.service"),
    ),
    "port held on one address": Fault(
        # The host's own address, which is the one that etcd takes: since 1.37 kubeadm asks for no other.
        f"(python3 -m http.server 2380 --bind $(hostname -i) >/dev/null 2>&1 &); {_listening(2380)}",
        "pkill -f '[h]ttp.server 2380'",
        _named("Port-2380", "error"),
        ("Port-2380", "(kill "),
    ),
    "stranger named like a component": Fault(
        f"(exec -a kube-scheduler python3 -m http.server 10259 >/dev/null 2>&1 &); {_listening(10259)}",
        "pkill -f '[h]ttp.server 10259'",
        _named("Port-10259", "error"),
        ("Port-10259", "(kill "),
    ),
    "swap on": Fault(
        # Swap is the whole machine's: that of the kernel would be found on the nodes of other scenarios too.
        "{ cat /proc/swaps && echo '/dev/sda3 partition 16380 0 -2'; } >/root/swaps && mount --bind /root/swaps /proc/swaps",
        "umount /proc/swaps; rm /root/swaps",
        _first(Swap="error" if MINOR < 23 else "warning"),
        ("Swap", "swapoff -a"),
    ),
    "no forwarding": Fault(
        "sysctl -qw net.ipv4.ip_forward=0",
        "sysctl -qw net.ipv4.ip_forward=1",
        _named("FileContent--proc-sys-net-ipv4-ip_forward", "error"),
        ("FileContent--proc-sys-net-ipv4-ip_forward", "sysctl -w net.ipv4.ip_forward=1"),
    ),
    "bridged packets past iptables": Fault(
        "sysctl -qw net.bridge.bridge-nf-call-iptables=0",
        "sysctl -qw net.bridge.bridge-nf-call-iptables=1",
        _named("FileContent--proc-sys-net-bridge-bridge-nf-call-iptables", "error"),
        ("FileContent--proc-sys-net-bridge-bridge-nf-call-iptables", "modprobe br_netfilter"),
        minors=range(12, 30),
    ),
    "kubelet masked": Fault(
        "mv /lib/systemd/system/kubelet.service /root/ && systemctl mask --quiet kubelet && systemctl daemon-reload",
        "systemctl unmask --quiet kubelet; mv /root/kubelet.service /lib/systemd/system/; systemctl daemon-reload;"
        " systemctl -q enable kubelet",
        _first(Service__Kubelet="error"),
        ("Service-Kubelet", "systemctl unmask kubelet.service"),
        kubeadm={"Service-Kubelet": "warning"},
    ),
    "kubelet not started at boot": Fault(
        "systemctl disable --quiet kubelet",
        "systemctl enable --quiet kubelet",
        _first(Service__Kubelet="warning"),
        ("Service-Kubelet", "systemctl enable kubelet.service"),
    ),
    "no kubelet unit": Fault(
        "systemctl stop kubelet; mv /lib/systemd/system/kubelet.service /root/ && systemctl daemon-reload",
        "mv /root/kubelet.service /lib/systemd/system/; systemctl daemon-reload",
        _first(Service__Kubelet="warning"),
        ("Service-Kubelet", "Install the kubelet's package"),
    ),
    "no kubelet": Fault(
        "mv $(command -v kubelet) /root/kubelet.away && echo $(hash -r; ls /root/kubelet.away)",
        "mv /root/kubelet.away /usr/bin/kubelet",
        _named("KubeletVersion", "error"),
        ("KubeletVersion", f"Install a kubelet of version {VERSION}"),
    ),
    "old kubelet": Fault(
        "true",
        "true",
        # Since 1.22 the kubelet's cgroup driver is systemd by default, and 1.20's runtime has the other one.
        {host: {"KubeletVersion": "error", "CgroupDriver": "warning"} for host in (FIRST, SECOND)},
        ("KubeletVersion", f"Install a kubelet of version v1.{MINOR + 2}.0"),
        variables={"kubewright_kubernetes_version": f"v1.{MINOR + 2}.0"},
        kubeadm=None,
        # Since 1.28 it may be three minors older, of which the newest have none above them yet.
        minors=range(12, 28),
    ),
    "new kubelet": Fault(
        "true",
        "true",
        _both("KubeletVersion", "error"),
        ("KubeletVersion", f"Install a kubelet of version v1.{MINOR - 1}.9"),
        variables={"kubewright_kubernetes_version": f"v1.{MINOR - 1}.9"},
        kubeadm=None,
    ),
    "container runtime stopped": Fault(
        "systemctl stop containerd",
        RESTARTED,
        _named("CRI", "error"),
        ("CRI", "systemctl enable --now containerd"),
        kubeadm=NOT_ASKED,
    ),
    "CRI plugin disabled": Fault(
        f"cp {CONTAINERD} /root/ && sed -i '/^disabled_plugins/d' {CONTAINERD}"
        f" && sed -i '1i disabled_plugins = [\"io.containerd.grpc.v1.cri\"]' {CONTAINERD} && {RESTARTED}",
        f"mv /root/config.toml {CONTAINERD} && {RESTARTED}",
        _named("CRI", "error"),
        ("CRI", "disabled_plugins in /etc/containerd/config.toml"),
        kubeadm=NOT_ASKED,
    ),
    "cgroup drivers differ": Fault(
        "true",
        "true",
        _both("CgroupDriver", "warning"),
        ("CgroupDriver", "SystemdCgroup = true for runc"),
        variables={"kubewright_kubelet_configuration": {"cgroupDriver": "systemd"}},
        kubeadm=None,
        # Since then the kubelet takes the runtime's.
        minors=range(12, 31),
    ),
    "container runtime not started at boot": Fault(
        "systemctl disable --quiet containerd",
        "systemctl enable --quiet containerd",
        _first(Service__Containerd="warning"),
        ("Service-Containerd", "systemctl enable containerd.service"),
    ),
    "needed command removed": Fault(
        f"mv /usr/sbin/{NEEDED} /root/",
        f"mv /root/{NEEDED} /usr/sbin/",
        _named(f"FileExisting-{NEEDED}", "error"),
        (f"FileExisting-{NEEDED}", f"Install {NEEDED}"),
    ),
    "useful command removed": Fault(
        "mv /usr/bin/socat /root/",
        "mv /root/socat /usr/bin/",
        _first(FileExisting__socat="warning"),
        ("FileExisting-socat", "Install socat"),
        minors=range(12, 31),
    ),
    "host name that does not resolve": Fault(
        "hostname nowhere-at-all",
        f"hostname {FIRST}",
        _first(Hostname="warning"),
        ("Hostname", "nowhere-at-all to /etc/hosts"),
    ),
    "leftover manifest": Fault(
        f"mkdir -p {MANIFESTS} && echo 'kind: Pod' >{MANIFESTS}/kube-scheduler.yaml",
        f"rm {MANIFESTS}/kube-scheduler.yaml",
        _named("FileAvailable--etc-kubernetes-manifests-kube-scheduler.yaml", "error"),
        ("FileAvailable--etc-kubernetes-manifests-kube-scheduler.yaml", f"mv {MANIFESTS}/kube-scheduler.yaml /root/"),
    ),
    "backup among the manifests": Fault(
        f"mkdir -p {MANIFESTS} && printf 'kind: Pod\\nmetadata: {{name: kube-apiserver, namespace: kube-system}}\\n' >{MANIFESTS}/api.bak",
        f"rm {MANIFESTS}/api.bak",
        _first(ForeignManifest="warning"),
        ("ForeignManifest", f"Move these files out of {MANIFESTS}"),
    ),
    "etcd data of before": Fault(
        "mkdir -p /var/lib/etcd/member",
        "rmdir /var/lib/etcd/member",
        _named("DirAvailable--var-lib-etcd", "error"),
        ("DirAvailable--var-lib-etcd", "Move what is in /var/lib/etcd away"),
    ),
    "proxy in the environment": Fault(
        "printf 'https_proxy=user:secret@192.0.2.3:3128\\n' >/etc/environment"
        " && echo 'Defaults env_keep += https_proxy' >/etc/sudoers.d/proxy && pkill -f '[s]shd[^ ]*: ansible' || true",
        "rm /etc/environment /etc/sudoers.d/proxy; pkill -f '[s]shd[^ ]*: ansible' || true",
        _first(HTTPProxy="warning", HTTPProxyCIDR="warning"),
        ("HTTPProxyCIDR", "Add 10.96.0.0/12 to NO_PROXY"),
    ),
    "read-only folder": Fault(
        "mkdir -p /etc/kubernetes && mount --bind /etc/kubernetes /etc/kubernetes && mount -o remount,ro,bind /etc/kubernetes",
        "umount /etc/kubernetes",
        {
            FIRST: dict.fromkeys(
                (f"DirWritable--etc-kubernetes{below}" for below in ("", "-manifests", "-pki")),
                "error",
            )
        },
        ("DirWritable--etc-kubernetes", "mounted rw"),
    ),
    "duplicated machine-id": Fault(
        "true",
        "cp /root/machine-id /etc/machine-id",
        _both("DuplicateMachineID", "warning"),
        ("DuplicateMachineID", "systemd-machine-id-setup"),
        node=SECOND,
        kubeadm=None,
    ),
    "duplicated host name": Fault(
        f"hostname {FIRST}",
        f"hostname {SECOND}",
        {FIRST: {"DuplicateHostname": "warning"}, SECOND: {"DuplicateHostname": "warning", "Hostname": "warning"}},
        ("DuplicateHostname", "hostnamectl set-hostname"),
        node=SECOND,
        kubeadm=None,
    ),
    "duplicated node name": Fault(
        "true",
        "true",
        {
            FIRST: {"DuplicateNodeName": "warning"},
            SECOND: {"DuplicateNodeName": "warning", "Hostname": "warning"},
        },
        ("DuplicateNodeName", "kubewright_node_name"),
        variables={"kubewright_node_name": FIRST},
        kubeadm=None,
    ),
    "full disk": Fault(
        "mount -t tmpfs -o size=64m tmpfs /var/lib/etcd",
        "umount /var/lib/etcd",
        _first(EtcdDiskSpace="warning"),
        ("EtcdDiskSpace", "Make room there"),
    ),
    "no inodes left": Fault(
        "mount -t tmpfs -o size=8g,nr_inodes=50 tmpfs /var/lib/etcd",
        "umount /var/lib/etcd",
        _first(EtcdInodes="warning"),
        ("EtcdInodes", "Delete files on that file system"),
    ),
    "route into the service subnet": Fault(
        "ip link add store type veth peer name veth-store && ip link set store up && ip link set veth-store up"
        " && ip route add 10.100.0.0/16 dev store",
        "ip link delete store",
        _first(SubnetOverlap="warning"),
        ("SubnetOverlap", "kubewright_service_subnet"),
    ),
    "second network card": Fault(
        "ip link add eth7 type veth peer name veth-eth7 && ip addr add 198.51.100.7/24 dev eth7 && ip link set eth7 up",
        "ip link delete eth7",
        _first(AdvertiseAddress="warning"),
        ("AdvertiseAddress", "Set kubewright_advertise_address to the one"),
    ),
    "address of nobody": Fault(
        "true",
        "true",
        _both("AdvertiseAddress", "warning"),
        ("AdvertiseAddress", "Set kubewright_advertise_address to an address of the host"),
        variables={"kubewright_advertise_address": "203.0.113.9"},
        kubeadm=None,
    ),
    "endpoint that does not resolve": Fault(
        "true",
        "true",
        _both("ControlPlaneEndpoint", "warning"),
        ("ControlPlaneEndpoint", "DNS record"),
        variables={"kubewright_control_plane_endpoint": "nowhere.invalid:6443"},
        kubeadm=None,
    ),
    "firewall": Fault(
        # The tests' own connections go on.
        "iptables -A INPUT -j ACCEPT && iptables -P INPUT DROP",
        "iptables -P INPUT ACCEPT && iptables -D INPUT -j ACCEPT",
        _first(Firewall="hint"),
        ("Firewall", "See that a rule"),
    ),
    "external etcd that does not answer": Fault(
        "true",
        "true",
        _both("ExternalEtcdVersion", "error"),
        ("ExternalEtcdVersion", "See that etcd runs"),
        variables={"kubewright_etcd_external": {"endpoints": ["http://127.0.0.1:2"]}},
        kubeadm=None,
    ),
    "damaged CA": Fault(
        "mkdir -p /etc/kubernetes/pki && echo nonsense >/etc/kubernetes/pki/ca.crt",
        "rm /etc/kubernetes/pki/ca.crt",
        _first(Certificates="error"),
        ("Certificates", "Put the right file there, or move"),
    ),
    "CA about to end": Fault(
        "mkdir -p /etc/kubernetes/pki && openssl req -x509 -newkey rsa:2048 -nodes -days 20 -subj /CN=kubernetes"
        " -addext keyUsage=critical,keyCertSign -keyout /etc/kubernetes/pki/ca.key -out /etc/kubernetes/pki/ca.crt 2>/dev/null",
        "rm /etc/kubernetes/pki/ca.crt /etc/kubernetes/pki/ca.key",
        _first(CertificateExpiry="warning"),
        ("CertificateExpiry", "Plan the exchange of the CA"),
    ),
    "leftovers of another cluster": Fault(
        "echo 'kind: KubeletConfiguration' >/var/lib/kubelet/config.yaml && ip link add cni0 type bridge",
        "rm /var/lib/kubelet/config.yaml; ip link delete cni0",
        _first(Leftovers="warning"),
        ("Leftovers", "kubeadm reset"),
    ),
    "image that may not be pulled": Fault(
        "true",
        "true",
        _both("ImagePull", "error"),
        ("ImagePull", "Import the images"),
        # Nodes of 1.20 waive it, for want of CoreDNS's image.
        variables={**ABSENT_IMAGE, "kubewright_ignore_preflight_errors": []},
        kubeadm=None,
    ),
}


def _beyond(found: Outcomes, before: Outcomes) -> dict[str, dict[str, str]]:
    """By host, what fails now and did not before; a host where nothing does is left out."""
    new = {
        host: {name: severity for name, severity in failed.items() if name not in before.failed[host]}
        for host, failed in found.failed.items()
    }
    return {host: failed for host, failed in new.items() if failed}


def _kubeadms(failed: dict[str, str]) -> dict[str, str]:
    return {name: severity for name, severity in failed.items() if name not in OWN | NEEDS_CRICTL}


def test_healthy_nodes(healthy: Outcomes, kubeadm_preflight: t.Callable[[], KubeadmOutcomes]) -> None:
    """Breaks when a healthy node has a fault, or when a check of the real kubeadm is missing, has another name or another outcome."""
    theirs = kubeadm_preflight()
    assert healthy.failed == dict.fromkeys((FIRST, SECOND), HEALTHY)
    assert healthy.code == 0
    assert len(theirs.checks) > 25
    assert healthy.checks[FIRST] - OWN - NEEDS_CRICTL == theirs.checks
    assert theirs.failed == _kubeadms(HEALTHY)


@pytest.fixture
def made(request: pytest.FixtureRequest) -> t.Iterator[Fault]:
    """A fault, while it lasts."""
    fault = FAULTS[request.param]
    if request.param == "duplicated machine-id":
        on_node("cp /etc/machine-id /root/machine-id", SECOND)
        same = on_node("cat /etc/machine-id", FIRST).strip()
        on_node(f"echo {same} >/etc/machine-id", SECOND)
    on_node(fault.make, fault.node)
    yield fault
    on_node(fault.undo, fault.node)


@pytest.mark.parametrize("made", sorted(name for name in FAULTS if MINOR in FAULTS[name].minors), indirect=True)
def test_fault(made: Fault, healthy: Outcomes, kubeadm_preflight: t.Callable[[], KubeadmOutcomes]) -> None:
    """Breaks when a fault is not seen, is given another name, severity or cure, or when something else is blamed as well."""
    found = check_hosts(dict(made.variables))
    assert _beyond(found, healthy) == made.expected, found.output
    name, part = made.cure
    host = next(host for host, failed in made.expected.items() if name in failed)
    assert part in found.cures[host][name]
    errors = [severity for failed in made.expected.values() for severity in failed.values() if severity == "error"]
    assert (found.code != 0) == bool(errors)
    assert "Traceback" not in found.output
    assert "secret" not in found.output + found.page
    if made.kubeadm is not None:
        theirs = kubeadm_preflight()
        assert theirs.failed == {**_kubeadms(found.failed[FIRST]), **made.kubeadm}


def test_without_root(healthy: Outcomes) -> None:
    """Breaks when an ordinary user is told anything but that he is not root."""
    found = check_hosts({"ansible_become": False})
    assert found.failed == {host: {"IsPrivilegedUser": "error"} for host in (FIRST, SECOND)}
    assert found.code != 0
    assert "become: true" in found.cures[FIRST]["IsPrivilegedUser"]
    assert healthy.checks[FIRST] > {"IsPrivilegedUser"}


@pytest.fixture
def one_cpu() -> t.Iterator[None]:
    """The first node with one CPU."""
    subprocess.run(["docker", "update", "--cpuset-cpus", "0", FIRST], check=True, capture_output=True)
    yield
    subprocess.run(["docker", "update", "--cpuset-cpus", "0-1", FIRST], check=True, capture_output=True)


@pytest.mark.usefixtures("one_cpu")
def test_one_cpu(healthy: Outcomes) -> None:
    """Breaks when a host with too few CPUs passes."""
    assert _beyond(check_hosts(), healthy) == _named("NumCPU", "error")


@pytest.fixture
def late_clock() -> t.Iterator[None]:
    """The second node with a clock of a minute and a half ago, as far as its programs see."""
    library = subprocess.run(
        "dpkg -L libfaketime | grep 'libfaketime.so.1$'", shell=True, check=True, capture_output=True, text=True
    ).stdout.strip()
    subprocess.run(["docker", "cp", library, f"{SECOND}:/root/libfaketime.so.1"], check=True)
    wrapper = '#!/bin/sh\\nLD_PRELOAD=/root/libfaketime.so.1 FAKETIME=-90s exec /usr/bin/python3 "$@"\\n'
    on_node(f"printf '{wrapper}' >/usr/local/bin/late-python && chmod 755 /usr/local/bin/late-python", SECOND)
    yield
    on_node("rm /usr/local/bin/late-python /root/libfaketime.so.1", SECOND)


@pytest.mark.usefixtures("late_clock")
def test_clock_that_is_late(healthy: Outcomes) -> None:
    """Breaks when a clock that differs from the controller's, or from another host's, is not seen."""
    interpreter = "{{ '/usr/local/bin/late-python' if inventory_hostname == '%s' else '/usr/bin/python3' }}" % SECOND
    found = check_hosts({"ansible_python_interpreter": interpreter})
    assert _beyond(found, healthy) == _both("ClockSkew", "warning")
    assert "time source" in found.cures[SECOND]["ClockSkew"]


def test_waived_errors_are_listed(healthy: Outcomes) -> None:
    """Breaks when a waiver is not honoured, or when what was waived is not said at the end."""
    waived = ["imagepull", *HEALTHY]
    waiver = {"kubewright_ignore_preflight_errors": waived, **ABSENT_IMAGE}
    found = check_hosts(waiver)
    assert found.code == 0
    assert set(found.status.values()) == {"warnings"}
    assert "Waived errors" in found.output
    assert "ImagePull" in found.output.rsplit("Waived errors", 1)[-1].split("PLAY RECAP")[0]


def test_warning_that_counts_as_an_error() -> None:
    """Breaks when a user cannot make a warning stop the run."""
    endpoint = FAULTS["endpoint that does not resolve"].variables
    found = check_hosts({"kubewright_preflight_errors": ["controlPlaneENDPOINT"], **endpoint})
    assert found.code != 0
    assert found.failed[FIRST] == {**HEALTHY, "ControlPlaneEndpoint": "error"}


def test_host_on_which_the_module_breaks(healthy: Outcomes) -> None:
    """Breaks when a host without a usable Python is lost, or takes the report of the others with it, or has no cause."""
    interpreter = "{{ '/bin/false' if inventory_hostname == '%s' else '/usr/bin/python3' }}" % SECOND
    found = check_hosts({"ansible_python_interpreter": interpreter})
    assert found.status == {FIRST: "warnings", SECOND: "invalid"}
    assert "no cause was given" not in found.output
    assert found.failed[FIRST] == healthy.failed[FIRST]
    assert found.code != 0


def test_first_host_out_of_reach(healthy: Outcomes) -> None:
    """Breaks when the report is left to a host that is not there."""
    found = check_hosts({"ansible_port": "{{ 2222 if inventory_hostname == '%s' else 22 }}" % FIRST})
    assert found.status == {FIRST: "unreachable", SECOND: "warnings"}
    assert found.failed[SECOND] == healthy.failed[SECOND]


def test_group_without_hosts(tmp_path: pathlib.Path) -> None:
    """Breaks the pipeline that trusts the exit code: a misspelt group checks nothing."""
    inventory = tmp_path / "hosts.yml"
    inventory.write_text("control_plan: {hosts: {a: }}", encoding="utf-8")
    command = ["ansible-playbook", str(PROJECT / "playbooks/preflight.yml"), "-i", str(inventory)]
    answer = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, check=False)
    assert answer.returncode != 0
    assert "the group control_plane has no hosts" in answer.stdout + answer.stderr


def test_nothing_is_left_of_the_faults(healthy: Outcomes) -> None:
    """Breaks when a fault was not undone, so that the ones after it met another node."""
    assert check_hosts().failed == healthy.failed
