# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What an execution carries out for the phases after it: on a blank host one makes all that is started, and one all objects."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import KUBELET_DIR, KUBERNETES_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.values import value_digest
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import phase_files
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.changes import (
    Change,
    InstallCertificate,
    IssueCertificate,
    MakeAuthority,
    WriteAuthority,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.changes import Change as FileChange
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.changes import arguments
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.files import Facts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.phases import plan_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._workflow.phases import that_write

# The phases that can be carried out with the credentials and with the wait, in their order.
WITH_CREDENTIALS, WITH_WAIT = that_write("files"), that_write("objects")
# Those that end a run, in the execution of the wait too.
CLOSING = ("kubelet_finalize", "show_join")
# Those that need no more than the kubelet's kubeconfig and etcd's certificates: on a blank host both start while the rest is made.
_EARLY = ("etcd", "kubelet_start")
_KUBELET_CONFIG = KUBELET_DIR + "/config.yaml"


Item = dict[str, t.Any]


class Carried(t.NamedTuple):
    """credentials: the changes of the credentials in the order in which they are carried out. files: see credentials_apply."""

    credentials: list[Change]
    files: list[Item]


def mark(changes: t.Sequence[FileChange]) -> str:
    """A mark of what a phase changes, fit to be shown."""
    return _mark(arguments(changes))


def _mark(changes: t.Sequence[Item]) -> str:
    # A template may make a declared token anew each time it is looked at; and it is a secret.
    tokens = [{**(change.get("token") or {}), "token": None} for change in changes]
    return value_digest([{**change, "token": token} for change, token in zip(changes, tokens, strict=True)])


def _is_early(config: Config, change: Change) -> bool:
    folder = config.certificates_dir
    if isinstance(change, (IssueCertificate, InstallCertificate)) and change.kubeconfig is not None:
        return change.kubeconfig.path == f"{KUBERNETES_DIR}/kubelet.conf"
    if not isinstance(change, (IssueCertificate, InstallCertificate, MakeAuthority, WriteAuthority)):
        return False
    path = str(change.certificate_path)
    return path == f"{folder}/ca.crt" or path.startswith(f"{folder}/etcd/")


def _is_blank(config: Config, facts: Facts) -> bool:
    """Whether the kubelet does not run and has no static pods to run. facts: see C(_plan.phases.PhasePlan)."""
    paths = [file.path for phase in ("etcd", "control_plane") for file in phase_files(phase, config)]
    found, kubelet = facts["files"], facts.get("kubelet") or {"active": True}
    # The kubelet of kubeadm's package is started again and again until there is a configuration for it.
    runs = kubelet["active"] and found.get(_KUBELET_CONFIG, "unknown") is not None
    return not runs and all(path in found and found[path] is None for path in paths)


class Planned(t.NamedTuple):
    """items: the C(changes) of each C(phase) that changes something. is_whole: whether all phases could be planned."""

    items: list[Item]
    is_whole: bool


def planned(
    phases: t.Sequence[str], config: Config, facts: Facts, tokens: t.Sequence[t.Mapping[str, t.Any]] = ()
) -> Planned:
    """What the phases change, by what was read before any of them; those from one on that cannot be planned so are left out.

    phases: in their order. facts: see C(_plan.phases.PhasePlan). tokens: see C(_plan.phases.plan_of).
    """
    items: list[Item] = []
    for phase in phases:
        try:
            plan = plan_of(phase, config, tokens)
            changes = plan.changes(facts) if plan.is_answered(facts) else None
        except KubewrightError:
            # Its own phase says what is wrong.
            changes = None
        if changes is None:
            return Planned(items, False)
        if changes:
            items.append({"phase": phase, "changes": arguments(changes)})
    return Planned(items, True)


def carry(phases: t.Collection[str], config: Config, facts: Facts, credentials: t.Sequence[Change]) -> Carried:
    """What is carried out with credentials. phases: of C(WITH_CREDENTIALS). credentials: the changes that the execution is for."""
    # Where there is a control plane, the kubelet is started last: it takes what it was started after for known.
    is_blank = _is_blank(config, facts)
    early = [change for change in credentials if is_blank and _is_early(config, change)]
    late = [change for change in credentials if not (is_blank and _is_early(config, change))]
    files = [
        dict(item, after=len(early) if is_blank and item["phase"] in _EARLY else len(credentials))
        for item in planned([phase for phase in WITH_CREDENTIALS if phase in phases], config, facts).items
    ]
    files.sort(key=lambda item: item["after"])
    return Carried([*early, *late], files)


def carrier(phase: str) -> str:
    """The phase in whose execution another one is carried out."""
    return "certs" if phase in WITH_CREDENTIALS else "wait_control_plane"


def with_marks(items: t.Sequence[Item], answer: t.Mapping[str, t.Any]) -> Item:
    """What came of each phase, with the mark of what it is the result of. answer: of the module."""
    results = answer.get("carried", {})
    return {
        item["phase"]: dict(results[item["phase"]], mark=_mark(item["changes"]))
        for item in items
        if item["phase"] in results
    }


__all__ = (
    "CLOSING",
    "WITH_CREDENTIALS",
    "WITH_WAIT",
    "Carried",
    "Planned",
    "carrier",
    "carry",
    "mark",
    "planned",
    "with_marks",
)
