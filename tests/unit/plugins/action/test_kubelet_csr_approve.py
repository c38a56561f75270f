# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of kubelet_csr_approve."""

from __future__ import annotations

from acting import act


def test_the_plan() -> None:
    """Breaks the plan: what is approved is not in it."""
    given = {"node": "worker1", "addresses": ["192.0.2.11"]}
    planned = act("kubelet_csr_approve", given, {}, {"changed": True, "approved": ["csr-a"]}).result["planned"]
    assert [(row["artefact"], row["action"]) for row in planned] == [("CertificateSigningRequest csr-a", "change")]
    assert act("kubelet_csr_approve", given, {}, {"failed": True, "msg": "x"}).result["planned"] == []
