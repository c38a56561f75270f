# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""How the renewal of a host's certificates by playbooks/certs.yml ended, by what its tasks registered."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.pending import PENDING_DIR
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.registered import Registered, absence

# What the tasks of a renewal are, in their order; a playbook says under which names it registers them.
TASKS = ("config", "certs", "restart", "wait", "finalize")
ONLY_WITH_E = (
    "kubewright_renew stands in the inventory, which is read after the hosts of a play are chosen. Give it on the command line, "
    "with -e kubewright_renew=true or all, and take it out of the inventory."
)
NOT_BEGUN = "another control plane of its cluster did not come back, so this one was left alone"


class Renewal(t.NamedTuple):
    """What was done to a host.

    renewed: why each file was made anew, by its path as pki_generate has it. restarted: the components that were
    restarted, and why. served: what wait_apiserver saw served afterwards. error: why it did not end well, or empty.
    planned: whether nothing was done, and the rest says what a run without check mode would do.
    """

    renewed: dict[str, str]
    restarted: dict[str, str]
    served: dict[str, t.Any]
    error: str
    planned: bool = False


def renewal_of(registered: t.Mapping[str, Registered], check_mode: bool = False) -> Renewal | None:
    """How the renewal of a host ended; None where it was not begun.

    registered: the results of C(TASKS); those that did not run are absent. check_mode: of the run.
    """
    config = registered.get("config")
    if config is None:
        return None
    certs, restart, wait = (registered.get(name) or {} for name in ("certs", "restart", "wait"))
    # Skipped, with the same key, where kubelet.conf was not renewed; not there where the tasks before did not end well.
    finalize = registered.get("finalize") or {"changed": False}
    results = [
        (config, "resolved"),
        (certs, "reasons"),
        (restart, "restarted"),
        (wait, "seconds"),
        (finalize, "changed"),
    ]
    error = ""
    if "resolved" in config and certs.get("skipped"):
        error = NOT_BEGUN
    else:
        # A task that failed may have returned what it did before.
        failed = next((item for item, _key in results if item.get("failed")), None)
        missing = absence([(failed, "")] if failed is not None else results)
        error = missing.message if missing is not None else ""
    # A key that waits for its certificate renews nothing yet.
    renewed = {
        path: reason for path, reason in (certs.get("reasons") or {}).items() if not path.startswith(PENDING_DIR + "/")
    }
    return Renewal(
        renewed,
        dict(restart.get("restarted") or {}),
        dict(wait.get("served") or {}),
        error,
        check_mode,
    )


def not_begun(config: Registered, check_mode: bool = False) -> Renewal | None:
    """The error of a host that is to be renewed by its configuration, though no renewal was begun; None where it is not.

    config: the result of cluster_config for the report.
    """
    wanted = (config.get("resolved") or {}).get("certRenew")
    return Renewal({}, {}, {}, ONLY_WITH_E, check_mode) if wanted else None


__all__ = ("NOT_BEGUN", "ONLY_WITH_E", "TASKS", "Renewal", "not_begun", "renewal_of")
