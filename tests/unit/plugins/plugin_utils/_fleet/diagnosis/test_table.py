# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The diagnosis for a terminal."""

from __future__ import annotations

from diagnosis_fleet import OUTCOMES

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.diagnosis.model import diagnosis_report
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.diagnosis.table import table

EXPECTED = """\
Diagnosis of 6 hosts, kubewright.control_plane 1.0.0, 2026-11-30T12:00:00Z

cp1: healthy (east v1.37.2)
  kubelet         healthy
  etcd            healthy
  kube-apiserver  healthy

cp2: not healthy (v1.37.2)
  kubelet         healthy
  etcd            healthy
  kube-apiserver  no process of it runs
  1. kube-apiserver does not know the flag --x in this version. [UnknownFlag]
       exit code 1 at 2026-11-30T06:01:29Z
       Error: unknown flag: --x
     Correct or remove it in kubewright_apiserver_extra_args.
  Nothing fails by these yet:
  2. etcd uses an old one. [CertificateExpired]
       exit code 1 at 2026-11-30T06:01:29Z
       Error: unknown flag: --x
     Correct or remove it in kubewright_apiserver_extra_args.

cp3: starts (v1.37.2)
  kubelet         healthy
  etcd            healthy
  kube-apiserver  no process of it runs

cp4: unreachable
  no route

cp5: not looked at
  no Python

cp6: not looked at
"""


def test_a_table() -> None:
    """Breaks what an operator reads at night."""
    shown = table(diagnosis_report(OUTCOMES, "1.0.0", "2026-11-30T12:00:00Z"), 100)
    assert shown.startswith(EXPECTED)
    assert shown.endswith("\n\n6 hosts: 1 healthy, 1 starts, 1 not healthy, 1 unreachable, 2 not looked at.\n")


def test_a_narrow_terminal() -> None:
    """Breaks a window that is not wide: a line longer than it."""
    shown = table(diagnosis_report(OUTCOMES, "1.0.0", "2026-11-30T12:00:00Z"), 60)
    assert max(map(len, shown.splitlines())) <= 60
