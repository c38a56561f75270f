# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Whether the kubelet runs, and where it looks for static pods."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import MANIFESTS_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.situation import WORKER, Situation
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import kubelet_service
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.crashes import judge_kubelet
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.verdict import ENDS_ITSELF, Verdict

_JOURNAL = "journal: journalctl -u kubelet"


def _away(seen: Situation, state: t.Mapping[str, str]) -> Verdict:
    """Why it does not run."""
    if state.get("LoadState") == "masked":
        cure = "Unmask and start it: systemctl unmask kubelet; systemctl enable --now kubelet."
        return Verdict(
            "kubelet", "KubeletMasked", "is masked, so that nobody can start it", ["systemctl: masked"], cure
        )
    if state.get("LoadState") not in (None, "loaded"):
        cure = "Install the kubelet's package."
        return Verdict(
            "kubelet", "KubeletNotInstalled", "is no service of this host", [f"systemctl: {state['LoadState']}"], cure
        )
    crash = judge_kubelet(seen.host, None)
    if crash is not None:
        return crash
    shown = f"systemctl: {state.get('ActiveState')} ({state.get('SubState')})"
    if state.get("ActiveState") == "inactive":
        cure = "Start it: systemctl enable --now kubelet."
        return Verdict("kubelet", "KubeletStopped", "is stopped", [shown], cure)
    evidence = [shown, _JOURNAL, *seen.journal[-3:]]
    # It may have been started just now.
    return Verdict("kubelet", ENDS_ITSELF, "does not stay up", evidence, "Correct what its journal names.", False)


def judge_service(seen: Situation) -> t.Iterator[Verdict]:
    """The service and the process."""
    state = kubelet_service.properties(seen.host.run, "LoadState", "ActiveState", "SubState", "UnitFileState")
    if "kubelet" not in seen.running:
        yield _away(seen, state)
    elif not seen.is_well("kubelet"):
        evidence = [f"{seen.layout.healthz}: {seen.health['kubelet'].text.strip()}", _JOURNAL, *seen.journal[-3:]]
        cure = "See what its journal says; its health is asked at healthzPort."
        yield Verdict("kubelet", "KubeletUnhealthy", "runs, and does not say that it is well", evidence, cure, False)
    if state.get("UnitFileState") == "disabled" and state.get("LoadState") == "loaded":
        cure = "Enable it: systemctl enable kubelet."
        yield Verdict("kubelet", "KubeletDisabled", "is not started when the host is", ["systemctl: disabled"], cure)


def judge_manifests(seen: Situation) -> t.Iterator[Verdict]:
    """What the kubelet is told to run."""
    folder = seen.layout.manifests
    if not seen.host.is_folder(folder):
        # A worker needs none.
        if seen.kind == WORKER:
            return
        cure = f"Make the folder {folder} with the manifests, or correct staticPodPath in {seen.layout.kubelet_config}."
        yield Verdict(
            "kubelet", "StaticPodPathWrong", f"has no folder {folder} for its static pods", [f"{folder}: absent"], cure
        )
        return
    if (
        folder != MANIFESTS_DIR
        and not seen.pods
        and any(name.endswith(".yaml") for name in seen.host.names(MANIFESTS_DIR) or [])
    ):
        evidence = [f"{seen.layout.kubelet_config}: staticPodPath: {folder}", f"manifests lie in {MANIFESTS_DIR}"]
        cure = f"Set staticPodPath: {MANIFESTS_DIR} in {seen.layout.kubelet_config} and restart the kubelet."
        yield Verdict(
            "kubelet",
            "StaticPodPathWrong",
            f"looks for static pods in {folder}, which has none of this control plane",
            evidence,
            cure,
        )
        return
    for path, why in seen.manifests.unread.items():
        told = [row for row in seen.journal if path in row and "ould not process manifest" in row]
        # What is only outside of the YAML that is read here, the kubelet runs.
        if told or why.startswith("it"):
            component = path.rpartition("/")[2].partition(".")[0]
            evidence = [f"{path}: {why}", *told[-1:]]
            yield Verdict(
                component,
                "ManifestInvalid",
                f"is not started: the kubelet cannot read {path}",
                evidence,
                f"Correct {path}, or run the phase again that writes it.",
            )
    api_server = seen.pods.get("kube-apiserver")
    for component in seen.manifests.missing:
        local = api_server is None or "127.0.0.1" in api_server.flag("etcd-servers")
        if component != "etcd" or local:
            path = f"{folder}/{component}.yaml"
            cure = (
                "Run the phase that writes it: kubewright.control_plane.control_plane or etcd, or kubeadm init phase."
            )
            yield Verdict(
                component,
                "ManifestMissing",
                f"is not started: there is no manifest {path}",
                [f"{path}: absent"],
                cure,
                # It may be a service of the host.
                component != "etcd",
            )


__all__ = ("judge_manifests", "judge_service")
