# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What the tasks of a fleet's playbook registered for a host, whether they ran or not."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleError

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError

Registered = t.Mapping[str, t.Any]
_Report = t.TypeVar("_Report")
_LONGEST_VERSION = 40


class Absence(t.NamedTuple):
    """Why nothing is known of a host. unreachable: out of reach; otherwise a task failed or never ran."""

    unreachable: bool
    message: str


def cause(registered: Registered) -> str:
    """What a task said when it failed; modules that broke say it in their output."""
    parts = (registered.get(name) for name in ("msg", "module_stderr", "module_stdout", "exception"))
    texts = (str(part).replace("(traceback unavailable)", "").strip() for part in parts if part)
    return "\n".join(text for text in dict.fromkeys(texts) if text) or "no cause was given"


def absence(results: t.Sequence[tuple[Registered, str]]) -> Absence | None:
    """Why a result is not there, or None where all are.

    results: what each task registered, in their order, with the key that its result has when it succeeded.
    """
    for registered, _key in results:
        if registered.get("unreachable"):
            return Absence(True, cause(registered))
    for registered, key in results:
        if key not in registered:
            return Absence(False, cause(registered))
    return None


def results(variables: t.Mapping[str, t.Any], names: t.Mapping[str, str]) -> dict[str, Registered]:
    """What a host's tasks registered; without those that did not run. names: of the registered variables, by what they are.

    Raises KubewrightError for a variable that holds something else.
    """
    # Each look at a host's variable resolves its templates.
    found = {what: variables.get(name) for what, name in names.items()}
    for what, registered in found.items():
        if registered is not None and not isinstance(registered, t.Mapping):
            raise KubewrightError(f"registered.{what}: {names[what]} holds no result of a task")
    return {what: registered for what, registered in found.items() if registered is not None}


def cluster_of(variables: t.Mapping[str, t.Any]) -> str:
    """A host's C(kubewright_cluster), or empty. A template that fails is said by cluster_config, of that host alone."""
    try:
        return str(variables.get("kubewright_cluster", ""))
    except AnsibleError:
        return ""


def hosts_of_cluster(hosts: t.Sequence[str], hostvars: t.Mapping[str, t.Mapping[str, t.Any]], host: str) -> list[str]:
    """Those of a host's own cluster, in their order; see C(cluster_of)."""
    own = cluster_of(hostvars[host])
    return [other for other in hosts if cluster_of(hostvars[other]) == own]


def kubernetes_version(config: Registered) -> str:
    """The version in what cluster_config returned; empty where it failed, or where nobody knows."""
    resolved: t.Any = config.get("resolved")
    try:
        return str(resolved["ClusterConfiguration"]["kubernetesVersion"])[:_LONGEST_VERSION] if resolved else ""
    except (KeyError, TypeError):
        return ""


def guarded(report: t.Callable[[], _Report], otherwise: t.Callable[[str], _Report]) -> _Report:
    """The report of one host. What a host returns may be anything: one that is odd must not end the report of all others.

    otherwise: the report where the first one fails, with why.
    """
    try:
        return report()
    except Exception as error:  # whatever it is, the other hosts are reported on
        return otherwise(f"the host's results are not those of this collection: {type(error).__name__}: {error}"[:500])


__all__ = (
    "Absence",
    "Registered",
    "absence",
    "cause",
    "cluster_of",
    "guarded",
    "hosts_of_cluster",
    "kubernetes_version",
    "results",
)
