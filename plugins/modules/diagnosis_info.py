#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: diagnosis_info
short_description: Finds out why a control plane or a worker is not healthy
version_added: 0.1.0
description:
  - Looks at the control plane of a host, or at a worker, whoever has made it with kubeadm's layout, and says what is wrong, the root cause
    first, with what shows it and what to do.
  - It looks at the disks, the container runtime, the kubelet and its journal, the manifests, containers and their logs, ports,
    certificates and kubeconfigs, the members and alarms of etcd, and the checks of the API server. Nothing is waited for.
author:
  - The kubewright contributors (@kubewright)
attributes:
  check_mode:
    support: full
    description: Can run in check mode, with the same outcome.
  diff_mode:
    support: none
    description: Nothing is changed.
options:
  kind:
    description:
      - What the host is to be. Of V(worker) no control plane is missed, and its kubelet has to reach the API server that its kubeconfig
        names; V(etcd) is a host of an external etcd, with nothing but that.
    type: str
    choices: [control_plane, worker, etcd]
    default: control_plane
requirements:
  - cryptography (python3-cryptography)
notes:
  - It needs root, and no configuration of this collection.
"""

EXAMPLES = r"""
- name: Look at the control plane
  kubewright.control_plane.diagnosis_info:
  register: diagnosis
  become: true

- name: Look at a worker
  kubewright.control_plane.diagnosis_info:
    kind: worker
  become: true

- name: Stop where it is not healthy
  ansible.builtin.assert:
    that: diagnosis.healthy
    fail_msg: "{{ diagnosis.findings | map(attribute='cause') | first }}"
"""

RETURN = r"""
healthy:
  description: Whether every component says that it is well, and nothing was found by which one fails.
  returned: success
  type: bool
  sample: false
components:
  description: What each component that belongs to this host says, C(healthy) or why it is not.
  returned: success
  type: dict
  sample: {kubelet: healthy, etcd: healthy, kube-apiserver: no process of it runs}
starting:
  description: The components that have been started within the last minute and are not well yet.
  returned: success
  type: list
  elements: str
  sample: []
kubernetes_version:
  description: The version of the API server's image, or empty, as on workers.
  returned: success
  type: str
  sample: v1.37.2
findings:
  description:
    - What is wrong, the root cause first. What only follows from another one is left out.
  returned: success
  type: list
  elements: dict
  contains:
    component:
      description: What it is found at.
      type: str
      sample: kube-apiserver
    fault:
      description: The kind of cause, for programs; docs/faults.md of the collection lists them.
      type: str
      sample: UnknownFlag
    acute:
      description: Whether something fails by it. The others will, as a certificate that has expired and was not read again.
      type: bool
      sample: true
    sure:
      description: Whether it is certain, and waiting cannot help.
      type: bool
      sample: true
    cause:
      description: The cause as a sentence.
      type: str
      sample: kube-apiserver does not know the flag --no-such-flag in this version
    evidence:
      description: What shows it, without secrets.
      type: list
      elements: str
      sample: ["exit code 1 at 2026-11-30T06:01:29Z", "Error: unknown flag: --no-such-flag"]
    cure:
      description: What to do.
      type: str
      sample: Correct or remove it in kubewright_apiserver_extra_args (or kubeadm's extraArgs) and run again.
"""


import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.printable import printable
from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.all import diagnose
from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.situation import (
    CONTROL_PLANE,
    KINDS,
    Situation,
    situation,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import run_command
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.diagnosed import DiagnosedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import ModuleResult, run_module
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.x509 import CRYPTOGRAPHY_ERROR
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.verdict import Verdict


def _finding(verdict: Verdict, acute: bool) -> dict[str, t.Any]:
    return {
        "component": printable(verdict.component),
        "fault": verdict.fault,
        "acute": acute,
        "sure": verdict.is_sure,
        "cause": printable(verdict.sentence()),
        "evidence": [printable(line) for line in verdict.evidence],
        "cure": printable(verdict.cure),
    }


def _version(seen: Situation) -> str:
    pod = seen.pods.get("kube-apiserver")
    tag = pod.image.rpartition(":")[2] if pod is not None else ""
    return printable(tag) if tag.startswith("v") else ""


def body(module: AnsibleModule) -> ModuleResult:
    """Looks, judges, and returns it as data."""
    host = DiagnosedHost(run_command)
    if host.user_id() != 0:
        raise KubewrightError("it needs root, who alone can read what a control plane has: set become: true")
    seen = situation(host, module.params["kind"])
    found = diagnose(seen)
    findings = [_finding(item, True) for item in found.acute] + [_finding(item, False) for item in found.other]
    return {
        "changed": False,
        "healthy": not found.acute and all(said == "healthy" for said in found.health.values()),
        "components": {name: printable(said) for name, said in found.health.items()},
        "starting": list(found.starting),
        "kubernetes_version": _version(seen),
        "findings": findings,
    }


def main() -> None:
    """Runs the module."""
    run_module(
        "diagnose",
        {"kind": {"type": "str", "choices": list(KINDS), "default": CONTROL_PLANE}},
        body,
        cryptography_error=CRYPTOGRAPHY_ERROR,
    )


if __name__ == "__main__":
    main()
