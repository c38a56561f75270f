# SPDX-License-Identifier: GPL-3.0-or-later
"""What others change on a finished node is named by the plan and mended by the next run; what they add stays.

The tests build on each other, in the order of this file.
"""

from __future__ import annotations

import json
import typing as t

from playbook_runs import NODE, Run, on_node, play

PKI, CONF, MANIFESTS = "/etc/kubernetes/pki", "/etc/kubernetes", "/etc/kubernetes/manifests"
KUBECTL = f"kubectl --kubeconfig {CONF}/super-admin.conf"
SYSTEM = f"{KUBECTL} -n kube-system"


class Drift(t.NamedTuple):
    """What somebody does to the node, and the rows by which the plan names it: artefact and action."""

    command: str
    rows: tuple[tuple[str, str], ...]


def _file(command: str, path: str, *more: tuple[str, str], action: str = "change") -> Drift:
    return Drift(command.replace("FILE", path), ((path, action), *more))


def _manifest(component: str, flag: str) -> Drift:
    """A flag that somebody has added, with which the component runs."""
    path = f"{MANIFESTS}/{component}.yaml"
    command = f"sed 's|^    - {component}$|&\\n    - {flag}|' FILE >/root/new && mv /root/new FILE"
    return _file(command, path, (component, "restart"))


def _object(command: str, name: str, action: str = "change") -> Drift:
    return Drift(f"{SYSTEM} {command}", ((name, action),))


def _patch(kind: str, name: str, namespace: str, patch: t.Any, kind_of: str = "merge") -> Drift:
    where = f"-n {namespace} " if namespace else ""
    full = f"{kind} {namespace}/{name}" if namespace else f"{kind} {name}"
    command = f"{KUBECTL} {where}patch {kind} {name} --type {kind_of} -p '{json.dumps(patch)}'"
    return Drift(command, ((full, "change"),))


def _gone(kind: str, name: str, namespace: str = "kube-system") -> Drift:
    where = f"-n {namespace} " if namespace else ""
    full = f"{kind} {namespace}/{name}" if namespace else f"{kind} {name}"
    return Drift(f"{KUBECTL} {where}delete {kind} {name} --wait", ((full, "create"),))


def _signed(name: str, subject: str, extensions: str, ca: str) -> str:
    """Signs the key that is there anew."""
    return (
        f"printf '%b' \"{extensions}\" >/root/extensions;"
        f"openssl req -new -key {PKI}/{name}.key -subj '{subject}' -out /root/new.csr &&"
        f"openssl x509 -req -in /root/new.csr -CA {ca}.crt -CAkey {ca}.key -CAcreateserial -CAserial /root/serial -days 300"
        f" -extfile /root/extensions -out {PKI}/{name}.crt"
    )


FOREIGN_CA = "openssl req -x509 -newkey rsa:2048 -nodes -keyout /root/foreign.key -out /root/foreign.crt -days 9 -subj /CN=kubernetes"
SERVER = "extendedKeyUsage=serverAuth\\nkeyUsage=critical,digitalSignature,keyEncipherment\\n"
CLIENT = "extendedKeyUsage=clientAuth\\nkeyUsage=critical,digitalSignature,keyEncipherment\\n"
# By name, for the messages; carried out in this order.
DRIFTS: dict[str, Drift] = {
    # The components run with what was added before anything else is changed.
    "the manifest of etcd": _manifest("etcd", "--snapshot-count=9999"),
    "the manifest of the API server": _manifest("kube-apiserver", "--max-requests-inflight=399"),
    "the manifest of the controller manager": _manifest("kube-controller-manager", "--concurrent-gc-syncs=21"),
    "the manifest of the scheduler": _manifest("kube-scheduler", "--kube-api-burst=101"),
    "the audit policy": _file("sed -i 's/level: Metadata/level: None/' FILE", f"{CONF}/audit/audit.yaml"),
    "the kubelet's configuration": _file("echo 'maxPods: 51' >>FILE", "/var/lib/kubelet/config.yaml"),
    "the kubelet's flags": _file("echo 'X=1' >>FILE", "/var/lib/kubelet/kubeadm-flags.env"),
    "the kubelet is stopped": Drift("systemctl stop kubelet", (("kubelet", "restart"),)),
    "the kubelet is disabled": Drift("systemctl disable kubelet", (("kubelet.service", "change"),)),
    "a server in admin.conf": _file("sed -i 's|server: .*|server: https://192.0.2.1:6443|' FILE", f"{CONF}/admin.conf"),
    "a server in controller-manager.conf": _file(
        "sed -i 's|server: .*|server: https://192.0.2.1:6443|' FILE", f"{CONF}/controller-manager.conf"
    ),
    "no scheduler.conf": _file("rm FILE", f"{CONF}/scheduler.conf", action="create"),
    "a server in kubelet.conf": _file(
        "sed -i 's|server: .*|server: https://192.0.2.1:6443|' FILE", f"{CONF}/kubelet.conf"
    ),
    "the mode of super-admin.conf": _file("chmod 0644 FILE", f"{CONF}/super-admin.conf"),
    "the mode of a key": Drift(f"chmod 0644 {PKI}/sa.key", ((f"{PKI}/sa.key", "change"),)),
    "the owner of a key": Drift(f"chown nobody {PKI}/ca.key", ((f"{PKI}/ca.key", "change"),)),
    "a server's certificate without its names": Drift(
        _signed("apiserver", "/CN=kube-apiserver", SERVER + "subjectAltName=IP:$(hostname -i)", f"{PKI}/ca"),
        ((f"{PKI}/apiserver", "change"),),
    ),
    "a certificate of another CA": Drift(
        f"{FOREIGN_CA} && {_signed('front-proxy-client', '/CN=front-proxy-client', CLIENT, '/root/foreign')}",
        ((f"{PKI}/front-proxy-client", "change"),),
    ),
    "no certificate": Drift(f"rm {PKI}/apiserver-kubelet-client.crt", ((f"{PKI}/apiserver-kubelet-client", "change"),)),
    "no pair": Drift(f"rm {PKI}/etcd/healthcheck-client.*", ((f"{PKI}/etcd/healthcheck-client", "create"),)),
    "etcd's certificate without its names": Drift(
        _signed("etcd/server", f"/CN={NODE}", SERVER + "subjectAltName=DNS:localhost", f"{PKI}/etcd/ca"),
        ((f"{PKI}/etcd/server", "change"),),
    ),
    "no label of the node": Drift(
        f"{KUBECTL} label node {NODE} node-role.kubernetes.io/control-plane-", ((f"Node {NODE}", "change"),)
    ),
    "no taint of the node": Drift(f"{KUBECTL} taint node {NODE} node-role.kubernetes.io/control-plane-", ()),
    "kubeadm-config": _patch(
        "ConfigMap", "kubeadm-config", "kube-system", {"data": {"ClusterConfiguration": "a: b\n"}}
    ),
    "kubelet-config": _patch("ConfigMap", "kubelet-config", "kube-system", {"data": {"kubelet": "a: b\n"}}),
    "kube-proxy's ConfigMap": _patch("ConfigMap", "kube-proxy", "kube-system", {"data": {"config.conf": "a: b\n"}}),
    "cluster-info": _patch("ConfigMap", "cluster-info", "kube-public", {"data": {"kubeconfig": "a: b\n"}}),
    "no token": Drift(
        f"{SYSTEM} delete secret --field-selector type=bootstrap.kubernetes.io/token",
        (("Secret kube-system/bootstrap-token", "create"),),
    ),
    "no Corefile": _gone("ConfigMap", "coredns"),
    "no Deployment of CoreDNS": _gone("Deployment", "coredns"),
    "the image of kube-proxy": _patch(
        "DaemonSet",
        "kube-proxy",
        "kube-system",
        [
            {
                "op": "replace",
                "path": "/spec/template/spec/containers/0/image",
                "value": "registry.example.com/other:1",
            },
            {"op": "add", "path": "/spec/template/spec/containers/0/command/-", "value": "--v=3"},
        ],
        "json",
    ),
    "the ports of CoreDNS' Service": _patch(
        "Service",
        "kube-dns",
        "kube-system",
        [{"op": "replace", "path": "/spec/ports/2/port", "value": 9154}],
        "json",
    ),
    "no ServiceAccount": _gone("ServiceAccount", "coredns"),
    "the rules of a ClusterRole": _patch("ClusterRole", "kubeadm:get-nodes", "", {"rules": []}),
    "no ClusterRole": _gone("ClusterRole", "system:coredns", ""),
    "the subjects of a ClusterRoleBinding": _patch(
        "ClusterRoleBinding", "kubeadm:kubelet-bootstrap", "", {"subjects": []}
    ),
    "no ClusterRoleBinding": _gone("ClusterRoleBinding", "kubeadm:node-proxier", ""),
    "a ClusterRoleBinding to another role": Drift(
        f"{KUBECTL} delete clusterrolebinding kubeadm:get-nodes &&"
        f"{KUBECTL} create clusterrolebinding kubeadm:get-nodes --clusterrole view --user nobody",
        (("ClusterRoleBinding kubeadm:get-nodes", "change"),),
    ),
    "the rules of a Role": _patch("Role", "kubeadm:nodes-kubeadm-config", "kube-system", {"rules": []}),
    "no Role": _gone("Role", "kube-proxy"),
    "no RoleBinding": _gone("RoleBinding", "kubeadm:bootstrap-signer-clusterinfo", "kube-public"),
    "a RoleBinding to another role": Drift(
        f"{SYSTEM} delete rolebinding kubeadm:kubelet-config &&"
        f"{SYSTEM} create rolebinding kubeadm:kubelet-config --clusterrole view --user nobody",
        (("RoleBinding kube-system/kubeadm:kubelet-config", "change"),),
    ),
}
# Which of them are carried out before the rest, so that the components run with them.
FIRST = 4

RUNS_WITH_THEM = f"""for i in $(seq 240); do
  pgrep -f '^kube-apiserver .*inflight=399' && pgrep -f '^etcd .*count=9999' && pgrep -f '^kube-controller-manager .*syncs=21' &&
    pgrep -f '^kube-scheduler .*burst=101' && {KUBECTL} get --raw /readyz && exit 0
  sleep 0.5
done
exit 1"""

# What others have added, which stays, and of which no plan says a word.
ADDED = {
    "a label and an annotation": f"{SYSTEM} label configmap kubeadm-config of=others && {SYSTEM} annotate daemonset kube-proxy of=others",
    "a label and a taint of the node": f"{KUBECTL} label node {NODE} of=others && {KUBECTL} taint node {NODE} of=others:PreferNoSchedule",
    "a pod template's": f"{SYSTEM} patch daemonset kube-proxy --type strategic -p '"
    + json.dumps(
        {
            "spec": {
                "template": {
                    "metadata": {"annotations": {"of": "others"}, "labels": {"of": "others"}},
                    "spec": {
                        "containers": [
                            {"name": "kube-proxy", "env": [{"name": "OF", "value": "others"}]},
                            {"name": "sidecar", "image": "registry.example.com/sidecar:1", "imagePullPolicy": "Never"},
                        ],
                        "volumes": [{"name": "of-others", "emptyDir": {}}],
                    },
                }
            }
        }
    )
    + "'",
    "a Corefile": f"{SYSTEM} annotate configmap coredns of=others --overwrite",
}


def _processes() -> dict[str, str]:
    """The process of each component, with its start."""
    names = ("kubelet", "etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
    # The kernel keeps 15 characters of a name.
    looks = [f"echo {name} $(cut -d' ' -f1,22 /proc/$(pgrep -xo {name[:15]})/stat)" for name in names]
    return dict(line.partition(" ")[::2] for line in on_node("; ".join(looks)).splitlines())


def _generations() -> str:
    """Each of which is one higher after a change of what is declared for the pods."""
    path = "'{range .items[*]}{.metadata.name}={.metadata.generation} {end}'"
    return on_node(f"{SYSTEM} get daemonset,deployment -o jsonpath={path}")


def _named(run: Run) -> list[tuple[str, str]]:
    """What is named, once each: the kubelet is restarted once more for its own certificate."""
    return sorted({(row.artefact, row.action) for row in run.rows})


def _expected() -> list[tuple[str, str]]:
    return sorted({row for drift in DRIFTS.values() for row in drift.rows})


def _succeeded(run: Run) -> Run:
    assert run.code == 0, run.output[-8000:]
    return run


def test_all_is_as_declared() -> None:
    """Breaks all that follows: a finished node that still differs."""
    assert _succeeded(play({})).rows == []
    assert len(DRIFTS) >= 25


def test_what_others_add_stays() -> None:
    """Breaks what people and controllers add to our objects; or rolls pods out that no plan has named."""
    on_node("set -e; " + "\n".join(ADDED.values()))
    before = _generations()
    for options in (["--check"], []):
        run = _succeeded(play({}, *options))
        assert (run.rows, run.changed) == ([], 0)
    assert _generations() == before


def test_drift_is_named_and_mended() -> None:
    """Breaks when a change by others is not in the plan, or something that nobody changed is; or when the run does another thing."""
    commands = [drift.command for drift in DRIFTS.values()]
    before = _processes()
    on_node("set -ex; cd /root; " + "\n".join(commands[:FIRST]))
    on_node(RUNS_WITH_THEM)
    assert _processes() != before
    on_node("set -ex; cd /root; " + "\n".join(commands[FIRST:]))
    planned = _succeeded(play({}, "--check"))
    assert _named(planned) == _expected()
    run = _succeeded(play({}))
    assert sorted(run.rows) == sorted(planned.rows)
    settled = _succeeded(play({}))
    assert (settled.rows, settled.changed) == ([], 0)
    assert on_node("systemctl is-enabled kubelet; systemctl is-active kubelet") == "enabled\nactive\n"
    for added in ("sidecar", "OF", "of-others"):
        assert added in on_node(f"{SYSTEM} get daemonset kube-proxy -o yaml")


def test_changed_files_reach_the_process() -> None:
    """Breaks a policy, or a key of the user's own: the API server goes on with the one that it was started with."""
    policy, keys = f"{CONF}/audit/audit.yaml", "/srv/change/encryption.yaml"
    on_node(f"sed -i 's/level: Metadata/level: None/' {policy} && echo '# changed' >>{keys}")
    before = _processes()
    planned = _succeeded(play({}, "--check"))
    assert _named(planned) == [(policy, "change"), ("kube-apiserver", "restart")]
    assert f"{policy}, {keys}" in planned.rows[-1].reason
    run = _succeeded(play({}))
    assert run.rows == planned.rows
    restarted = {name for name, started in _processes().items() if started != before[name]}
    # Those that are elected end by themselves where the API server is away for too long.
    assert restarted - {"kube-controller-manager", "kube-scheduler"} == {"kube-apiserver"}
    settled = _succeeded(play({}))
    assert (settled.rows, settled.changed) == ([], 0)
