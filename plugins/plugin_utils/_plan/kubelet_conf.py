# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""kubelet.conf: what changes so that the kubelet goes on with the certificate that it rotates."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig_text import KUBECONFIG_MODE
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubelet_conf import (
    PATH,
    REASON,
    Reference,
    referring,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.facts import Facts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.changes import (
    Change,
    StartKubelet,
    WriteFile,
)


def plan_kubelet_conf(wanted: Reference, facts: Facts, check: bool) -> list[Change]:
    """What changes. check: in check mode on a blank host, the kubelet will have its certificate by the time of this phase.

    Raises KubewrightError where there is something else than a kubeconfig.
    """
    present, problem = facts.kubeconfig(PATH)
    if present is not None and present.problem:
        raise KubewrightError(f"{PATH} {present.problem}. Run the kubeconfig phase first.")
    if problem:
        raise KubewrightError(problem)
    if present is None:
        return [StartKubelet(REASON)] if check else []
    shown = referring(present.server, present.ca_data, present.refers, wanted)
    if shown is None or not facts.exists(wanted.certificate):
        return []
    diff = (shown.before, shown.after)
    written = WriteFile(PATH, shown.text, KUBECONFIG_MODE, 0o755, facts.digest(PATH), False, REASON, diff)
    return [written, StartKubelet(REASON)]


__all__ = ("plan_kubelet_conf",)
