# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The phases of init: one row for each, in the order of a run.

The order is that of kubeadm 1.28 and later for all minors: what the kubelet needs is there before it is started. images and audit
are phases of this collection: kubeadm pulls images in its preflight, and knows no audit policy of its own.
"""

from __future__ import annotations

import typing as t


class Phase(t.NamedTuple):
    """A phase.

    name: of its role, its tag, and of messages. kubeadm: kubeadm's name of it, or empty where kubeadm has none.
    description: one sentence, for the role. writes: what it changes: C(files) of the host, C(objects) of the API, C(credentials),
    or C(nothing) of these. needs: the phases without which it cannot do its work on a blank host.
    parts: kubeadm's names of the parts of it that can be left out alone. with_skipped: phases that are left out with it.
    """

    name: str
    kubeadm: str
    description: str
    writes: str = "nothing"
    needs: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    with_skipped: tuple[str, ...] = ()


_STARTED = ("certs", "kubeconfig", "etcd", "control_plane", "kubelet_start", "wait_control_plane")

PHASES: tuple[Phase, ...] = (
    Phase(
        "preflight",
        "preflight",
        "Checks whether the host is fit for a control plane.",
        with_skipped=("images",),
    ),
    Phase("images", "", "Pulls the images that the container runtime lacks."),
    Phase("certs", "certs", "Makes the CAs, the certificates and the service account keys.", "credentials"),
    Phase(
        "kubeconfig",
        "kubeconfig",
        "Writes the kubeconfig files of the administrator and the components.",
        "credentials",
        needs=("certs",),
    ),
    Phase("audit", "", "Writes the audit policy, when auditing is on.", "files"),
    Phase("etcd", "etcd", "Writes the static pod manifest of a local etcd.", "files", needs=("certs",)),
    Phase(
        "control_plane",
        "control-plane",
        "Writes the static pod manifests of kube-apiserver, kube-controller-manager and kube-scheduler.",
        "files",
        needs=("certs", "kubeconfig", "audit"),
    ),
    Phase(
        "kubelet_start",
        "kubelet-start",
        "Writes the kubelet's flags and configuration and makes it run.",
        "files",
        needs=("kubeconfig",),
    ),
    Phase(
        "wait_control_plane",
        "wait-control-plane",
        "Restarts what runs with older files and waits until all is healthy.",
        needs=("certs", "kubeconfig", "etcd", "control_plane", "kubelet_start"),
    ),
    Phase(
        "upload_config",
        "upload-config",
        "Uploads the configuration to the cluster, with the rules to read it.",
        "objects",
        needs=_STARTED,
    ),
    Phase(
        "mark_control_plane",
        "mark-control-plane",
        "Gives the node its labels, annotation and taints.",
        "objects",
        needs=_STARTED,
    ),
    Phase(
        "bootstrap_token",
        "bootstrap-token",
        "Makes sure that nodes can join: token, rules and discovery information.",
        "objects",
        needs=_STARTED,
    ),
    Phase(
        "kubelet_finalize",
        "kubelet-finalize",
        "Points kubelet.conf to the certificate that the kubelet rotates.",
        "credentials",
        needs=_STARTED,
    ),
    Phase(
        "addons",
        "addon",
        "Applies DNS (CoreDNS or kube-dns) and kube-proxy.",
        "objects",
        needs=_STARTED,
        parts=("addon/coredns", "addon/kube-proxy"),
    ),
    Phase(
        "show_join", "show-join-command", "Shows the command that joins nodes.", needs=(*_STARTED, "bootstrap_token")
    ),
)

# kubeadm's phases that do nothing here, whose names are taken all the same.
WITHOUT_EFFECT = ("upload-certs",)

BY_NAME: t.Mapping[str, Phase] = {phase.name: phase for phase in PHASES}


def that_write(kind: str) -> tuple[str, ...]:
    """The names of the phases that write something of a kind, in their order."""
    return tuple(phase.name for phase in PHASES if phase.writes == kind)


def skip_names() -> dict[str, tuple[str, ...]]:
    """What each name that a user may give leaves out: phases by their names, and parts of them by kubeadm's names.

    kubeadm's names come first, in its order.
    """
    names: dict[str, tuple[str, ...]] = {}
    for phase in PHASES:
        if phase.kubeadm:
            names[phase.kubeadm] = (phase.name, *phase.with_skipped)
            names.update({part: (part,) for part in phase.parts})
    names.update(dict.fromkeys(WITHOUT_EFFECT, ()))
    for phase in PHASES:
        names.setdefault(phase.name, (phase.name,))
    return names


def kubeadm_names() -> dict[str, str]:
    """kubeadm's names by ours, of phases and parts of them."""
    names = {phase.name: phase.kubeadm for phase in PHASES if phase.kubeadm}
    names.update({part: part for phase in PHASES for part in phase.parts})
    return names


__all__ = ("BY_NAME", "PHASES", "WITHOUT_EFFECT", "Phase", "kubeadm_names", "skip_names", "that_write")
