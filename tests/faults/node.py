# SPDX-License-Identifier: GPL-3.0-or-later
"""The node on which faults are made."""

from __future__ import annotations

import json
import pathlib
import subprocess
import typing as t

from faults.catalog import FUNCTIONS

# The files that faults change, and where they are kept meanwhile.
_KEPT = "/etc/kubernetes /var/lib/kubelet/config.yaml /var/lib/kubelet/kubeadm-flags.env /var/lib/kubelet/pki"
_ARCHIVE = "/root/healthy.tar"
_CODE = "/opt/kubewright"
# A kubelet that has not reached the API server since it was started replaces no pod.
_KUBELET_KNOWS = """
began=$(date +%s -d "$(systemctl show --property ActiveEnterTimestamp --value kubelet)")
for _ in $(seq 60); do
  renewed=$(kubectl --kubeconfig /etc/kubernetes/admin.conf -n kube-node-lease get lease "$(hostname)" -o jsonpath={.spec.renewTime})
  [ "$(date +%s -d "${renewed:-@0}")" -le "$began" ] || exit 0
  sleep 1
done
"""
# The judges themselves, on the host itself, without Ansible's start: what is timed is how soon they know.
_LOOK = """
import json, sys, time
sys.path.insert(0, "/opt/kubewright")
base = "ansible_collections.kubewright.control_plane.plugins.module_utils."
import importlib
load = lambda name: importlib.import_module(base + name)
seen = load("_diagnosis.situation").situation(load("_host.diagnosed").DiagnosedHost(load("_host.command").run_command))
found = load("_diagnosis.all").diagnose(seen)
shown = lambda verdict: dict(verdict._asdict(), evidence=list(verdict.evidence))
print(json.dumps({"health": dict(found.health), "acute": [shown(v) for v in found.acute], "other": [shown(v) for v in found.other],
    "starting": list(found.starting), "ended": {n: [[e.created, e.finished, e.exit_code] for e in v] for n, v in seen.ended.items()},
    "now": seen.now}))
"""

Look = dict[str, t.Any]


class Node:
    """A test node (environment/node.sh) with a healthy control plane."""

    def __init__(self, name: str, plugins: pathlib.Path) -> None:
        """plugins: the folder of the collection's plugins."""
        self.name = name
        to = f"{_CODE}/ansible_collections/kubewright/control_plane/plugins"
        self.run(f"rm -rf {_CODE}; mkdir -p {to}")
        subprocess.run(["docker", "cp", "--quiet", f"{plugins}/module_utils", f"{name}:{to}/module_utils"], check=True)
        self.run(f"rm -f {_ARCHIVE}; tar -cpf {_ARCHIVE} {_KEPT} 2>/dev/null")

    def run(self, script: str, timeout: float = 300.0) -> str:
        """What a script says on the node."""
        argv = ["docker", "exec", "-i", self.name, "bash", "-s"]
        done = subprocess.run(argv, input=script, text=True, capture_output=True, timeout=timeout, check=False)
        return done.stdout + done.stderr

    def make(self, script: str) -> str:
        """Makes a fault."""
        return self.run(FUNCTIONS + script)

    def look(self) -> Look:
        """What the diagnosis says now."""
        argv = ["docker", "exec", "-i", self.name, "python3", "-"]
        done = subprocess.run(argv, input=_LOOK, text=True, capture_output=True, timeout=120, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return t.cast(Look, json.loads(done.stdout))

    def wait_for_the_kubelet(self) -> None:
        """Until it has told the API server that it is there, since it was started; at most a minute."""
        self.run(_KUBELET_KNOWS)

    def put_back(self, mend: str) -> None:
        """Files, processes and services as they were."""
        self.make(mend)
        self.run(
            # A server that has waited for another goes on to do so for a while.
            "systemctl stop kubelet; pkill -9 -x kube-apiserver; pkill -9 -x etcd; rm -rf /etc/kubernetes/manifests; "
            f"tar -xpf {_ARCHIVE} -C / ; systemctl reset-failed; systemctl start containerd; systemctl start kubelet"
        )


__all__ = ("Look", "Node")
