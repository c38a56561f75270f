# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roles in a site playbook, in several orders and with variables at every level: each works by what it was told."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys
import typing as t

import pytest

PROJECT = pathlib.Path(__file__).parents[3]
# Of every play, which may say otherwise.
COMMON = (
    "kubewright_kubernetes_version: v1.31.0",
    "kubewright_node_name: cp1",
    "kubewright_advertise_address: 192.0.2.10",
)


class Combination(t.NamedTuple):
    """body: what a play has below its head. ports, audits, data: what its manifests have, in their order.

    ports: of the API servers. audits: for each API server, whether it writes an audit log. data: the folders of etcd.
    policies: how many audit policies are written.
    """

    body: str
    ports: list[str]
    audits: list[bool]
    data: list[str]
    policies: int = 0


ETCD = "/var/lib/etcd"
COMBINATIONS = {
    "the second role is told more than the first": Combination(
        """
  roles:
    - kubewright.control_plane.etcd
    - {role: kubewright.control_plane.audit, vars: {kubewright_audit: true}}
""",
        [],
        [],
        [ETCD],
        1,
    ),
    "the first role is told more than the second": Combination(
        """
  roles:
    - {role: kubewright.control_plane.audit, vars: {kubewright_audit: true}}
    - kubewright.control_plane.control_plane
""",
        ["6443"],
        [False],
        [],
        1,
    ),
    "a parameter of a role": Combination(
        """
  roles:
    - kubewright.control_plane.etcd
    - {role: kubewright.control_plane.control_plane, kubewright_bind_port: 7443}
""",
        ["7443"],
        [False],
        [ETCD],
    ),
    "one role twice": Combination(
        """
  roles:
    - kubewright.control_plane.control_plane
    - {role: kubewright.control_plane.control_plane, vars: {kubewright_bind_port: 7443}}
""",
        ["6443", "7443"],
        [False, False],
        [],
    ),
    "variables of the play": Combination(
        """
  vars: {kubewright_bind_port: 7443, kubewright_audit: true}
  roles:
    - kubewright.control_plane.audit
    - kubewright.control_plane.control_plane
""",
        ["7443"],
        [True],
        [],
        1,
    ),
    "a role that overrides the play": Combination(
        """
  vars: {kubewright_bind_port: 7443}
  roles:
    - {role: kubewright.control_plane.control_plane, vars: {kubewright_bind_port: 8443}}
    - kubewright.control_plane.control_plane
""",
        ["8443", "7443"],
        [False, False],
        [],
    ),
    "include_role": Combination(
        """
  tasks:
    - {ansible.builtin.include_role: {name: kubewright.control_plane.etcd}}
    - ansible.builtin.include_role: {name: kubewright.control_plane.control_plane}
      vars: {kubewright_bind_port: 7443}
""",
        ["7443"],
        [False],
        [ETCD],
    ),
    "include_role with variables first": Combination(
        """
  tasks:
    - ansible.builtin.include_role: {name: kubewright.control_plane.etcd}
      vars: {kubewright_etcd_data_dir: /srv/etcd}
    - {ansible.builtin.include_role: {name: kubewright.control_plane.etcd}}
""",
        [],
        [],
        ["/srv/etcd", ETCD],
    ),
    "import_role": Combination(
        """
  tasks:
    - ansible.builtin.import_role: {name: kubewright.control_plane.etcd}
      vars: {kubewright_etcd_data_dir: /srv/etcd}
    - {ansible.builtin.import_role: {name: kubewright.control_plane.control_plane}}
    - ansible.builtin.import_role: {name: kubewright.control_plane.etcd}
      vars: {kubewright_etcd_data_dir: /opt/etcd}
""",
        ["6443"],
        [False],
        ["/srv/etcd", "/opt/etcd"],
    ),
    "import_role after include_role": Combination(
        """
  tasks:
    - ansible.builtin.include_role: {name: kubewright.control_plane.control_plane}
      vars: {kubewright_audit: true}
    - {ansible.builtin.import_role: {name: kubewright.control_plane.control_plane}}
""",
        ["6443", "6443"],
        [True, False],
        [],
    ),
    "roles and tasks of one play": Combination(
        """
  roles:
    - {role: kubewright.control_plane.etcd, vars: {kubewright_etcd_data_dir: /srv/etcd}}
  tasks:
    - {ansible.builtin.import_role: {name: kubewright.control_plane.etcd}}
    - ansible.builtin.include_role: {name: kubewright.control_plane.control_plane}
      vars: {kubewright_bind_port: 7443}
""",
        ["7443"],
        [False],
        ["/srv/etcd", ETCD],
    ),
    "variables of a block": Combination(
        """
  tasks:
    - vars: {kubewright_bind_port: 7443}
      block:
        - {ansible.builtin.import_role: {name: kubewright.control_plane.control_plane}}
        - ansible.builtin.include_role: {name: kubewright.control_plane.control_plane}
          vars: {kubewright_bind_port: 8443}
    - {ansible.builtin.import_role: {name: kubewright.control_plane.control_plane}}
""",
        ["7443", "8443", "6443"],
        [False] * 3,
        [],
    ),
    "a fact that is set between two roles": Combination(
        """
  tasks:
    - {ansible.builtin.include_role: {name: kubewright.control_plane.control_plane}}
    - {ansible.builtin.set_fact: {kubewright_bind_port: 7443}}
    - {ansible.builtin.include_role: {name: kubewright.control_plane.control_plane}}
""",
        ["6443", "7443"],
        [False, False],
        [],
    ),
    "a phase that one of them does not have": Combination(
        """
  roles:
    - kubewright.control_plane.control_plane
    - role: kubewright.control_plane.etcd
      vars: {kubewright_etcd_external: {endpoints: ['http://192.0.2.30:2379']}}
    - kubewright.control_plane.etcd
""",
        ["6443"],
        [False],
        [ETCD],
    ),
}


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What --check --diff of each combination shows, on this machine, by the combination. Nothing is written."""
    folder = tmp_path_factory.mktemp("combinations")
    playbook = "---\n"
    for number, (name, combination) in enumerate(COMBINATIONS.items()):
        # YAML knows a key once: the variables of such a play are put together here.
        own = re.search(r"\n  vars: \{(.*)\}", combination.body)
        given = ", ".join([*COMMON, own.group(1)] if own else COMMON)
        body = combination.body.replace(own.group(0), "") if own else combination.body
        playbook += f"- name: {name}\n  hosts: host{number}\n  gather_facts: false\n  vars: {{{given}}}{body}\n"
    (folder / "playbook.yml").write_text(playbook)
    hosts = "".join(f"host{number}," for number in range(len(COMBINATIONS)))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    environment.update(
        ANSIBLE_COLLECTIONS_PATH=str(PROJECT / ".build"),
        ANSIBLE_HOME=str(folder / "home"),
        ANSIBLE_LOCAL_TEMP=str(folder / "local"),
        ANSIBLE_PYTHON_INTERPRETER=sys.executable,
        ANSIBLE_REMOTE_TEMP=str(folder / "remote"),
        ANSIBLE_NOCOLOR="1",
        ANSIBLE_PIPELINING="1",
    )
    done = subprocess.run(
        [sys.executable, "-m", "ansible", "playbook", "-i", hosts, "-c", "local", "--check", "--diff", "playbook.yml"],
        cwd=folder,
        env=environment,
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert done.returncode == 0, done.stdout
    plays = re.split(r"^PLAY \[(.*)\].*$", done.stdout.split("\nPLAY RECAP")[0], flags=re.M)[1:]
    return dict(zip(plays[::2], plays[1::2], strict=True))


@pytest.mark.parametrize("name", COMBINATIONS)
def test_each_role_works_by_what_it_was_told(outputs: dict[str, str], name: str) -> None:
    """Breaks when roles share the configuration of the first one: what another was told has no effect, in silence."""
    wanted, shown = COMBINATIONS[name], outputs[name]
    servers = re.split(r"after: /etc/kubernetes/manifests/", shown)
    apiservers = [text for text in servers if text.startswith("kube-apiserver.yaml")]
    assert [re.findall(r"--secure-port=(\d+)", text)[0] for text in apiservers] == wanted.ports
    assert ["--audit-log-path=" in text for text in apiservers] == wanted.audits
    assert re.findall(r"--data-dir=(\S+)", shown) == wanted.data
    assert shown.count("after: /etc/kubernetes/audit/audit.yaml") == wanted.policies
