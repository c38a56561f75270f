# SPDX-License-Identifier: GPL-3.0-or-later
"""A finished control plane, looked at with the tools that its users have."""

from __future__ import annotations

import json
import re
import typing as t

import pytest
from certs_runs import openssl_reading, report_certificates
from finished_node import ADMIN, Node, eventually, executed_modules, run_playbook
from preflight_runs import HEALTHY, check_hosts
from testinfra.host import Host

MANIFESTS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
ELECTED = ("kube-controller-manager", "kube-scheduler")
LEASE_LOST = re.compile(r"failed to renew lease(?!.*context canceled)", re.IGNORECASE)
# What each of the four users may do, by the cluster's own built-in rules.
ALLOWED = {
    "admin": "get nodes",
    "controller-manager": "get serviceaccounts -n kube-system",
    "scheduler": "get pods -A",
    "kubelet": "get node {node}",
}


def node_name(node: Node) -> str:
    return str(node.variable("node_name", node.name))


def pods(node: Node) -> dict[str, dict]:
    items = json.loads(node.kubectl("-n kube-system get pods -o json"))["items"]
    return {item["metadata"]["name"]: item for item in items}


def test_node_becomes_ready(node: Node) -> None:
    """Breaks when the kubelet does not register, or its runtime or network configuration is wrong."""
    path = "'{.status.conditions[?(@.type==\"Ready\")].status}'"
    eventually(lambda: node.kubectl(f"get node {node_name(node)} -o jsonpath={path}") == "True", "the node is Ready")


@pytest.mark.parametrize("component", MANIFESTS)
def test_static_pod_runs_without_restart(node: Node, component: str) -> None:
    """Breaks when a manifest makes its container crash or its probe fail, now or at start-up."""
    name = f"{component}-{node_name(node)}"
    eventually(
        lambda: pods(node).get(name, {}).get("status", {}).get("phase") == "Running",
        f"the mirror pod {name} is running",
    )
    status = pods(node)[name]["status"]
    [container] = status["containerStatuses"]
    if container["restartCount"] and component in ELECTED:
        # Where the machine is too slow for some seconds, one that is elected cannot renew its lease and ends. Nothing else may end
        # it: one that was told to end finds its renewal canceled.
        logs = node.run(f"ls -tr /var/log/pods/kube-system_{name}_*/{component}/*.log").split()[:-1]
        assert logs, "the log of the container that ended is gone"
        renewals = [node.run(f"grep -i 'failed to renew lease' {log} || tail -n 5 {log}") for log in logs]
        assert not [text for text in renewals if not LEASE_LOST.search(text)]
    else:
        assert container["restartCount"] == 0
    eventually(lambda: pods(node)[name]["status"]["containerStatuses"][0]["ready"], f"{name} is ready")


def has_dns(node: Node) -> bool:
    """Whether the image of CoreDNS is to be had on the test nodes: there is none of the oldest Kubernetes' time."""
    return int(node.variable("kubernetes_version", "").split(".")[1]) > 20


def is_ready(pod: dict) -> bool:
    conditions = {item["type"]: item["status"] for item in pod["status"].get("conditions", [])}
    return conditions.get("Ready") == "True"


def test_every_pod_is_ready(node: Node) -> None:
    """Breaks when an addon's objects, its rights or the network that it needs are wrong."""
    expected = {*MANIFESTS, "kube-proxy", "coredns"} if has_dns(node) else {*MANIFESTS, "kube-proxy"}

    def ready() -> bool:
        found = {name: pod for name, pod in pods(node).items() if has_dns(node) or not name.startswith("coredns-")}
        there = all(any(name.startswith(f"{prefix}-") for name in found) for prefix in expected)
        return there and all(is_ready(pod) for pod in found.values())

    eventually(ready, "every pod is Ready")


@pytest.fixture(scope="module")
def running_pod(host: Host) -> t.Iterator[str]:
    """The name of a pod that runs."""
    node = Node(host)
    overrides = json.dumps({"spec": {"tolerations": [{"operator": "Exists"}]}})
    eventually(lambda: node.code(f"kubectl --kubeconfig {ADMIN} get serviceaccount default") == 0, "accounts")
    node.kubectl(
        "run test-pod --image kubewright.test/sleep:1 --image-pull-policy Never --restart Never"
        f" --overrides '{overrides}' --command -- sh -c 'echo it-runs; exec sleep 1000000'"
    )
    eventually(lambda: node.kubectl("get pod test-pod -o jsonpath={.status.phase}") == "Running", "the pod runs")
    yield "test-pod"
    node.kubectl("delete pod test-pod --now")


def test_pod_can_be_looked_into(node: Node, running_pod: str) -> None:
    """Breaks when the scheduler, the service account keys or the API server's way to the kubelet do not work."""
    assert node.kubectl(f"logs {running_pod}") == "it-runs"
    certificate = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"
    assert "BEGIN CERTIFICATE" in node.kubectl(f"exec {running_pod} -- cat {certificate}")


def test_pod_reaches_the_service(node: Node, running_pod: str) -> None:
    """Breaks when kube-proxy, the Service of the API server or the DNS of the cluster do not work."""
    address = node.kubectl("get service kubernetes -o jsonpath={.spec.clusterIP}")
    if has_dns(node):
        server = node.kubectl("-n kube-system get service kube-dns -o jsonpath={.spec.clusterIP}")
        # busybox's nslookup takes no notice of the domains to search, its wget does.
        name = f"kubernetes.default.svc.{node.variable('dns_domain', 'cluster.local')}"
        lookup = f"kubectl --kubeconfig {ADMIN} exec {running_pod} -- nslookup {name} || true"
        found = rf"Server:\s+{re.escape(server)}\b[^$]*Name:\s+{re.escape(name)}\s+Address:\s+{re.escape(address)}\b"
        # A DNS server that is Ready may have to learn of the newest Services still.
        eventually(lambda: re.search(found, node.run(lookup)), f"{name} resolves", 60)
    name = "kubernetes.default" if has_dns(node) else address
    # What the API server says to somebody who speaks without TLS to its port.
    answer = node.run(
        f"kubectl --kubeconfig {ADMIN} exec {running_pod} -- wget -q -O - http://{name}:443/ 2>&1 || true"
    )
    assert "HTTP/1.0 400 Bad Request" in answer


def test_secrets_are_readable_by_root_alone(node: Node) -> None:
    """Breaks when a key or kubeconfig is written with a looser mode than kubeadm's."""
    folder = node.variable("certificates_dir", "/etc/kubernetes/pki")
    loose = node.run(
        f"find {folder} /etc/kubernetes -type f ( -name '*.key' -o -name '*.conf' ) ( -perm /077 -o ! -user root )".replace(
            "(", r"\("
        ).replace(")", r"\)")
    )
    assert loose == ""
    assert node.run("find /etc/kubernetes/manifests -type f -perm /077") == ""


@pytest.mark.parametrize("file", ALLOWED)
def test_kubeconfig_works(node: Node, file: str) -> None:
    """Breaks when a kubeconfig's server, CA, certificate or user is wrong."""
    node.kubectl(ALLOWED[file].format(node=node_name(node)), f"/etc/kubernetes/{file}.conf")


def test_kubelet_uses_the_rotated_certificate(node: Node) -> None:
    """Breaks when kubelet.conf keeps the embedded certificate, which nobody renews."""
    content = node.run("cat /etc/kubernetes/kubelet.conf")
    assert "client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem" in content
    assert "client-key-data" not in content


def test_nothing_foreign_in_the_manifests_folder(node: Node) -> None:
    """Breaks when anything but the four manifests is left where the kubelet would run it."""
    assert node.run("ls -A /etc/kubernetes/manifests").split() == [f"{name}.yaml" for name in MANIFESTS]


def test_host_has_no_kubeadm(node: Node) -> None:
    """Breaks when a phase needs kubeadm or leaves it behind."""
    assert node.code("command -v kubeadm") != 0


def test_kubeadm_reads_the_certificates(node: Node, kubeadm: str) -> None:
    """Breaks when the real kubeadm does not find its configuration in the cluster or a certificate on the host."""
    # Later versions take the default folder in place of the one in their own configuration.
    folder = node.variable("certificates_dir", "/etc/kubernetes/pki")
    output = node.run(f"{kubeadm} certs check-expiration --cert-dir {folder}")
    assert "MISSING" not in output
    assert "invalid" not in output.lower()
    for name in (
        "admin.conf",
        "apiserver",
        "apiserver-etcd-client",
        "etcd-server",
        "front-proxy-client",
        "scheduler.conf",
    ):
        assert re.search(rf"^{name}\s+\w{{3}} \d", output, re.MULTILINE), output


def test_kubeadm_lists_the_token(node: Node, kubeadm: str) -> None:
    """Breaks when the token's Secret is not what kubeadm understands."""
    output = node.run(f"KUBECONFIG=/etc/kubernetes/admin.conf {kubeadm} token list -o json")
    tokens = [json.loads(part) for part in re.split(r"(?<=})\s*(?={)", output.strip())]
    assert len(tokens) == 1
    assert tokens[0]["usages"] == ["authentication", "signing"]
    assert tokens[0]["groups"] == ["system:bootstrappers:kubeadm:default-node-token"]


def test_certificates_are_reported(node: Node) -> None:
    """Breaks when certs.yml finds a fault where there is none, leaves a file out, or says other names and ends than openssl."""
    found = report_certificates({}, "-vvv")
    assert found.code == 0, found.output
    assert found.report["failing"] is False
    assert "PRIVATE KEY" not in found.output
    assert "client-key-data" not in found.output
    entries = found.entries(node.name)
    folder = node.variable("certificates_dir", "/etc/kubernetes/pki")
    assert {entry["status"] for entry in entries.values()} == {"ok"}
    told_of = {path for path in entries if path.startswith(folder) and path.endswith(".crt")}
    assert set(node.run(f"find {folder} -name '*.crt'").split()) == told_of
    assert set(node.run("find /etc/kubernetes -maxdepth 1 -name '*.conf'").split()) < set(entries)
    assert entries["/var/lib/kubelet/pki/kubelet.crt"]["kind"] == "kubelet"
    rotated = "/var/lib/kubelet/pki/kubelet-client-current.pem"
    for entry, path in (
        (f"{folder}/apiserver.crt", f"{folder}/apiserver.crt"),
        (f"{folder}/etcd/ca.crt", f"{folder}/etcd/ca.crt"),
        ("/etc/kubernetes/kubelet.conf", rotated),
    ):
        told, read = entries[entry], openssl_reading(node, path)
        assert told["certificate_path"] == path
        for name in ("subject", "issuer", "sans", "not_after"):
            assert told[name] == getattr(read, name), (path, name)
        assert abs(told["days_left"] - read.days_left) < 0.02


def test_second_run_changes_nothing(node: Node, second_run: str) -> None:
    """Breaks when any phase reports a change where there is none."""
    assert re.search(rf"^{re.escape(node.name)}\s*:.* changed=0 .* failed=0", second_run, re.MULTILINE)


def test_second_run_asks_the_host_once(second_run: str) -> None:
    """Breaks the time of a run that changes nothing: a phase asks by itself what was read for all of them."""
    output = second_run
    if "wait_apiserver" in executed_modules(output):
        # A component that is down at that moment, as one that has lost its lease on a busy host, is waited for.
        output = run_playbook("-vvv")
    # Those that are not initialised take part in the first play alone.
    initialised = re.findall(r"^\S+\s*: ok=[1-9]\d ", output, re.MULTILINE)
    assert executed_modules(output) == ["host_read"] * len(initialised)


def test_output_holds_no_secret(node: Node, second_run: str) -> None:
    """Breaks when a key, a kubeconfig's content or (but for the join command) a token reaches the output with -vvv."""
    assert "PRIVATE KEY" not in second_run
    assert "client-key-data" not in second_run
    secret = node.kubectl("-n kube-system get secrets --field-selector type=bootstrap.kubernetes.io/token -o json")
    data = json.loads(secret)["items"][0]["data"]
    token = node.run(f"echo {data['token-secret']} | base64 -d")
    printed = 0 if node.variable("skip_token_print", False) else 1
    assert second_run.count(token) == printed
    assert data["token-secret"] not in second_run


def test_preflight_passes_on_a_running_control_plane(node: Node) -> None:
    """Breaks when ports, files, routes or processes of this control plane itself are taken for faults of the host."""
    found = check_hosts()
    # The names that the scenarios give their nodes are in no DNS.
    unresolved = {"Hostname": "warning"} if node_name(node) != node.name else {}
    assert found.failed[node.name] == {**HEALTHY, **unresolved}, found.output
