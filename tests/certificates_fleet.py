# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What certs_info returns and a report of several hosts, for the tests of what is made of them."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.certificates.model import (
    CertificatesResults,
    Report,
    certificates_report,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.renewal import Renewal
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.entry import Entry

CREATED = "2026-01-31T12:00:00Z"
CONFIG = {"resolved": {"ClusterConfiguration": {"kubernetesVersion": "v1.31.0"}}}

CA = Entry(
    "/etc/kubernetes/pki/ca.crt",
    "ca",
    "/etc/kubernetes/pki/ca.crt",
    "CN=kubernetes",
    ["kubernetes"],
    "CN=kubernetes",
    "2026-01-31T11:55:00Z",
    "2036-01-29T12:00:00Z",
    3650.0,
    "RSA-2048",
    True,
    None,
    "ok",
    "",
)
API = CA._replace(
    path="/etc/kubernetes/pki/apiserver.crt",
    kind="leaf",
    certificate_path="/etc/kubernetes/pki/apiserver.crt",
    subject="CN=kube-apiserver",
    sans=["cp1", "kubernetes", "kubernetes.default", "10.96.0.1"],
    not_after="2027-01-31T12:00:00Z",
    days_left=365.0,
)
SERVICE_ACCOUNT = Entry(
    "/etc/kubernetes/pki/sa.key",
    "service account key",
    None,
    None,
    [],
    None,
    None,
    None,
    None,
    "RSA-2048",
    True,
    None,
    "ok",
    "",
)
ADMIN = API._replace(
    path="/etc/kubernetes/admin.conf",
    kind="kubeconfig",
    certificate_path="/etc/kubernetes/admin.conf",
    subject="O=system:masters, CN=kubernetes-admin",
    sans=[],
    server="https://192.0.2.10:6443",
)
KUBELET = API._replace(
    path="/var/lib/kubelet/pki/kubelet.crt",
    kind="kubelet",
    certificate_path="/var/lib/kubelet/pki/kubelet.crt",
    subject="CN=cp1@1700000000",
    sans=["cp1"],
    issuer="CN=cp1-ca@1700000000",
)
DUE = API._replace(days_left=12.34, status="due", reason="ends at 2026-02-12T20:00:00+00:00")
WRONG = API._replace(status="wrong", reason="SAN 192.0.2.20 missing; SAN cp.example missing")
MISSING = SERVICE_ACCOUNT._replace(key_algorithm=None, has_key=False, status="missing", reason="missing")
RENEWED = Renewal(
    {"apiserver": "ends at 2026-02-12T20:00:00+00:00"},
    {"kube-scheduler": "it runs since 2026-01-01T00:00:00Z"},
    {"kube-apiserver": {"not_after": "2027-01-31T12:00:00Z"}},
    "",
)
SSH_MESSAGE = "Failed to connect to the host via ssh: ssh: connect to host 192.0.2.12 port 22: No route to host"


def outcome(*entries: Entry, cluster: str = "") -> CertificatesResults:
    """The outcome of a host that answered."""
    return CertificatesResults(
        cluster, CONFIG, {"changed": False, "certificates": [entry._asdict() for entry in entries]}
    )


def report(**outcomes: CertificatesResults) -> Report:
    """The report of hosts by their names."""
    return certificates_report(outcomes, "0.1.0", CREATED)


def fleet(**more: t.Any) -> Report:
    """A host on which all is well, one with faults, one that is gone and one whose input is wrong."""
    return report(
        cp1=outcome(CA, API, SERVICE_ACCOUNT, ADMIN, KUBELET),
        cp2=outcome(CA._replace(has_key=False), WRONG, MISSING, ADMIN),
        cp3=CertificatesResults("", {"unreachable": True, "msg": SSH_MESSAGE}, {}),
        cp4=CertificatesResults("", {"failed": True, "msg": "The configuration has 1 fault"}, {"skipped": True}),
        **more,
    )
