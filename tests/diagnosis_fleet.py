# SPDX-License-Identifier: GPL-3.0-or-later
"""What diagnosis_info returned for hosts that are well, faulty, starting, unreachable and odd."""

from __future__ import annotations

import typing as t

FINDING = {
    "component": "kube-apiserver",
    "fault": "UnknownFlag",
    "acute": True,
    "sure": True,
    "cause": "kube-apiserver does not know the flag --x in this version",
    "evidence": ["exit code 1 at 2026-11-30T06:01:29Z", "Error: unknown flag: --x"],
    "cure": "Correct or remove it in kubewright_apiserver_extra_args.",
}
LATER = dict(
    FINDING, component="etcd", fault="CertificateExpired", acute=False, sure=True, cause="etcd uses an old one"
)
COMPONENTS = {"kubelet": "healthy", "etcd": "healthy", "kube-apiserver": "no process of it runs"}


def returned(*findings: dict[str, t.Any], starting: t.Sequence[str] = ()) -> dict[str, t.Any]:
    """A result."""
    is_well = not starting and not any(finding["acute"] for finding in findings)
    components = dict.fromkeys(COMPONENTS, "healthy") if is_well else COMPONENTS
    return {
        "healthy": is_well,
        "components": components,
        "starting": list(starting),
        "kubernetes_version": "v1.37.2",
        "findings": list(findings),
    }


OUTCOMES: dict[str, tuple[str, dict[str, t.Any]]] = {
    "cp1": ("east", returned()),
    "cp2": ("", returned(FINDING, LATER)),
    "cp3": ("", returned(starting=["kube-apiserver"])),
    "cp4": ("", {"unreachable": True, "msg": "no route"}),
    "cp5": ("", {"failed": True, "msg": "no Python"}),
    "cp6": ("", {"findings": 7}),
}

__all__ = ("COMPONENTS", "FINDING", "LATER", "OUTCOMES", "returned")
