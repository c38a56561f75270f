#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: host_read
short_description: Reads what phases have to know of a host
version_added: 0.1.0
description:
  - Reads all that the phases of a run have to know, in one execution. The modules of the phases plan by it on the controller.
  - What it returns are marks of the files, never what is in them. Of API objects it returns what an update would change, by a dry run of
    the server, and nothing of what is in Secrets.
  - Where no API server answers, it does not wait for one.
  - It is also by what M(kubewright.control_plane.cluster_config) and M(kubewright.control_plane.init_read) ask a host.
extends_documentation_fragment:
  - kubewright.control_plane.phase
  - kubewright.control_plane.phase.api
  - kubewright.control_plane.host.read
attributes:
  diff_mode:
    support: none
    details: Nothing is changed.
options:
  phases:
    description: The phases that are to be planned.
    type: list
    elements: str
    choices:
      - certs
      - kubeconfig
      - audit
      - etcd
      - control_plane
      - kubelet_start
      - upload_config
      - mark_control_plane
      - bootstrap_token
      - kubelet_finalize
      - addons
    default:
      - certs
      - kubeconfig
      - audit
      - etcd
      - control_plane
      - kubelet_start
      - upload_config
      - mark_control_plane
      - bootstrap_token
      - kubelet_finalize
      - addons
  questions:
    description:
      - What the configuration and the phases ask that plan nothing, by phase; the answer to show_join holds a bootstrap token.
        Set by the module's own action on the controller; give it no value.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Read the host once
  kubewright.control_plane.host_read:
    config: "{{ result }}"
  register: read

- name: Write the static pod manifest of etcd
  kubewright.control_plane.host_files:
    phase: etcd
    config: "{{ result }}"
    read: "{{ read.facts }}"
"""

RETURN = r"""
facts:
  description: What was read.
  returned: success
  type: dict
  contains:
    files:
      description: Each file by its path; null where it is absent.
      type: dict
      sample:
        /var/lib/kubelet/config.yaml: null
    credentials:
      description: Certificates, public halves of keys, and kubeconfigs. No private key is in it.
      type: dict
    kubelet:
      description: Whether the kubelet runs (C(active)), and whether it is not started at boot (C(disabled)).
      type: dict
      sample:
        active: false
        disabled: false
    api:
      description:
        - Whether the API server answers (C(answers)), the error where it answers with one, and the objects by their marks, each with
          what an update would do (C(action)).
      type: dict
      sample:
        answers: false
        error: ""
        objects: {}
"""

import functools
import time
import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.beside import beside
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import run_command
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import (
    CONFIG_SPEC,
    ModuleResult,
    run_module,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._read.answers import answers
from ansible_collections.kubewright.control_plane.plugins.module_utils._read.planned import PLANNED_SPEC, planned_facts


def body(module: AnsibleModule) -> ModuleResult:
    """Reads."""
    run, params = run_command, module.params
    questions = params["questions"]
    if not questions:
        return {"changed": False, "facts": planned_facts(Host(run), params)}
    answered: t.Callable[[], t.Any] = functools.partial(answers, run, questions, module.check_mode)
    if params["objects"] or params["credentials"] is not None:
        answered = beside(answered)
    try:
        facts = planned_facts(Host(run), params)
    except KubewrightError:
        # Preflight comes first, and says why: without root most cannot be read. Else the phase that needs it does.
        facts = {"files": {}}
    found = answered()
    # The clock of the host was looked at before that.
    gathered = found.get("preflight", {}).pop("gathered", None)
    since = time.monotonic() - gathered if gathered is not None else 0.0
    return {"changed": False, "facts": dict(facts, answers=found, since_clock=since)}


def main() -> None:
    """Runs the module."""
    phases = ["certs", "kubeconfig", "audit", "etcd", "control_plane", "kubelet_start"]
    phases += ["upload_config", "mark_control_plane", "bootstrap_token", "kubelet_finalize", "addons"]
    named = {"type": "list", "elements": "str", "choices": phases, "default": phases}
    questions = {"type": "dict", "default": {}}
    run_module("host_read", dict(CONFIG_SPEC, phases=named, questions=questions, **PLANNED_SPEC), body)


if __name__ == "__main__":
    main()
