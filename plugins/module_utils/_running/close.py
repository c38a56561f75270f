# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What ends a run on a control plane that has become healthy in it: kubelet.conf, and how nodes join."""

from __future__ import annotations

import datetime
import functools
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.admin import admin_client
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.join import join_facts
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.carried import Result, carry_out
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.values import digest
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import lock
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.apply import (
    START_KUBELET,
    WRITE_FILE,
    Change,
    apply_phase,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig_text import (
    KUBECONFIG_MODE,
    read_kubeconfig,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubelet_conf import (
    PATH,
    REASON,
    Reference,
    referring,
)

# What there is to do, as the controller says; options of a module. kubelet_conf: see C(Reference). join: see C(_api.join.join_facts).
_PHASE = "kubelet_finalize"
CLOSING_SPEC: dict[str, t.Any] = {
    "type": "dict",
    "options": {
        "kubelet_conf": {"type": "dict"},
        "join": {"type": "dict"},
        "lock_timeout": {"type": "float", "default": lock.SECONDS},
    },
}


def kubelet_conf_changes(host: Host, wanted: Reference) -> list[Change]:
    """What changes by what is on the host: nothing where the kubelet has no certificate of its own yet, or there is no file.

    Raises KubewrightError where there is something else than a kubeconfig.
    """
    state = host.file(PATH)
    if state is None:
        return []
    try:
        present = read_kubeconfig(state.content.decode("utf-8", "replace"))
    except KubewrightError as error:
        raise KubewrightError(f"{PATH} {error}. Run the kubeconfig phase first.") from None
    shown = referring(present.server, present.ca_data, present.user.get("client-certificate"), wanted)
    if shown is None or not host.exists(wanted.certificate):
        return []
    written = {
        "kind": WRITE_FILE,
        "reason": REASON,
        "path": PATH,
        "content": shown.text,
        "mode": KUBECONFIG_MODE,
        "directory_mode": 0o755,
        "expected": digest(state.content),
        "watched": False,
        "shown": [shown.before, shown.after],
    }
    return [written, {"kind": START_KUBELET, "reason": REASON}]


def _finalize(host: Host, reference: Reference, lock_timeout: float) -> Result:
    with lock.locked(host.path(lock.HOST), _PHASE, lock.Waiting(lock_timeout)):
        return apply_phase(host, kubelet_conf_changes(host, reference), check=False)


def close(asked: t.Mapping[str, t.Any], host: Host, carried: dict[str, Result]) -> dict[str, t.Any] | None:
    """How nodes join, where that is asked for; None where it cannot be said. Then the phase says why.

    asked: see C(CLOSING_SPEC). carried: is given what came of phase kubelet_finalize.
    """
    join = asked.get("join")
    found: dict[str, t.Any] | None = None
    if join is not None:
        try:
            now = datetime.datetime.now(datetime.timezone.utc)
            found = join_facts(admin_client(join["api"], waits=False), host.content(join["ca"]), now, join)
        except KubewrightError:
            found = None
    wanted = asked.get("kubelet_conf")
    if wanted is not None:
        # Last, because the kubelet is started anew.
        carry_out(_PHASE, functools.partial(_finalize, host, Reference(**wanted), asked["lock_timeout"]), carried)
    return found


__all__ = ("CLOSING_SPEC", "close", "kubelet_conf_changes")
