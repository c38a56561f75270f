#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: wait_apiserver
short_description: Waits until the control plane of a host is healthy and shows its certificates
version_added: 0.1.0
description:
  - Waits for what kubeadm of the same minor waits for. That is the API server with the kubelet watched beside it, or both one after the
    other, or all components.
  - Then it waits until the API server and a local etcd show the certificates that lie on the host, which the API server of most minors
    reads again within a minute. Files that their flags name are what counts, and what cannot be asked is left out.
  - A kubelet that has not reached the API server since it was started does not replace the pod of a changed manifest. Where something is
    not healthy after 60 seconds, and a manifest is newer than its pod and than the kubelet's process, it restarts the kubelet, once, upon
    which the new pods start. With a shorter timeout it does not.
  - It does the same, once, where a static pod is away after 60 seconds that the kubelet lets wait before it starts it again, because it has
    ended several times (CrashLoopBackOff).
  - When the time is up, or the kubelet does not come up, it fails with the state of each component and the last lines of its log.
  - While the kubelet, etcd or the API server is restarted it measures for how long the API server is away, and keeps that in
    C(/var/lib/kubewright/last-restarts.json) for the next plan.
  - It fails at once where a component has ended for a reason that will not pass by itself, as a flag that it does not know, and says
    which that is, what shows it, and what to do about it.
  - Where files of a control plane that was healthy have been changed, and it is not with what has taken their place, it puts back what
    was there before (M(kubewright.control_plane.host_keep)), waits until all is healthy again, and fails with the cause. It does not
    where O(timeout) is shorter than what the configuration says, and it has seen no such reason.
extends_documentation_fragment:
  - kubewright.control_plane.phase
  - kubewright.control_plane.phase.read
  - kubewright.control_plane.phase.api
attributes:
  diff_mode:
    support: none
    details: What it changes for the phases of O(carry) and O(close) is in RV(carried) with its diff, which their tasks show.
  check_mode:
    details: Does not wait in check mode, because what it waits for may not have been started.
requirements:
  - cryptography (python3-cryptography)
options:
  control_plane:
    description: What the control plane of the host is. Set by the module's own action on the controller; give it no value.
    type: dict
  timeout:
    description:
      - For how many seconds to wait.
      - The default is what the configuration says (C(kubewright_wait_timeout)).
      - For a certificate to be served it waits for 90 seconds at least.
    type: int
  changed_manifests:
    description:
      - Static pod manifests that have just been changed. It waits until the kubelet has restarted these components with them, so that the
        answer of a process that is about to be stopped is not taken for that of the new one.
    type: list
    elements: path
    default: []
  written_manifests:
    description:
      - Static pod manifests that have just been written, where there were none before too. What ends with one of them has nothing to do
        with an earlier one, and counts at once.
    type: list
    elements: path
    default: []
  carry:
    description:
      - The phases that follow, whose objects are applied in the same execution as soon as all is healthy. Where nothing has to be waited
        for, they are not.
      - Pass what is returned as RV(carried) to the tasks of these phases.
    type: list
    elements: str
    choices: [upload_config, mark_control_plane, bootstrap_token, addons]
    default: []
  carry_read:
    description:
      - What M(kubewright.control_plane.init_read) or M(kubewright.control_plane.host_read) has read of the host for the phases of O(carry)
        and still holds. Without it nothing is carried.
    type: dict
  close:
    description:
      - The phases that end a run, whose work is done in the same execution once all objects of O(carry) are applied. It is not done
        where these could not all be planned, as without O(carry_read).
      - Pass what is returned as RV(carried) to the task of kubelet_finalize, and RV(join_facts) to that of show_join.
    type: list
    elements: str
    choices: [kubelet_finalize, show_join]
    default: []
  closing:
    description: What the phases of O(close) do. Set by the module's own action on the controller; give it no value.
    type: dict
    suboptions:
      kubelet_conf:
        description: What kubelet.conf is to say.
        type: dict
      join:
        description: How it is found out how nodes join.
        type: dict
      lock_timeout:
        description: For how many seconds another run that changes the host is waited for.
        type: float
        default: 120.0
  objects:
    description:
      - What the phases of O(carry) change, each with its C(phase) and its C(changes) as
        O(kubewright.control_plane.objects_apply#module:changes). Set by the module's own action on the controller; give it no value.
    type: list
    elements: dict
    default: []
  bootstrap:
    description:
      - Whether the kubelet has been given a token, so that its certificate is waited for in the same execution and the token removed from
        the host, as M(kubewright.control_plane.kubelet_bootstrap) with V(absent) does.
    type: bool
    default: false
  bootstrapping:
    description: What the kubelet's certificate is known by. Set by the module's own action on the controller; give it no value.
    type: dict
    suboptions:
      server:
        description: The URL of the API server.
        type: str
        required: true
      ca:
        description: The cluster's CA.
        type: str
        required: true
      node:
        description: The name of the node.
        type: str
        required: true
  lock_timeout:
    description:
      - For how many seconds another run that changes the host is waited for, where files are put back. Set by the module's own action on
        the controller; give it no value.
    type: float
    default: 120.0
  progress:
    description:
      - A new file for root alone into which a line is written for each step while it waits, and which is gone afterwards. Set by the
        module's own action on the controller; give it no value.
    type: str
    default: ""
  secrets:
    description: What of them is secret. Set by the module's own action on the controller; give it no value.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Wait for the control plane
  kubewright.control_plane.wait_apiserver:
    config: "{{ result.resolved }}"
"""

RETURN = r"""
replaced:
  description: The components that the kubelet was restarted for, as it did not replace their older pods or let them wait.
  returned: always
  type: list
  elements: str
  sample: [kube-apiserver]
put_back:
  description: The files that are as they were before, because the control plane was not healthy with those that took their place.
  returned: where it fails
  type: list
  elements: str
  sample: [/etc/kubernetes/manifests/kube-apiserver.yaml]
carried:
  description:
    - What came of each phase of O(carry) and O(close) that was carried out, with a mark of what it is the result of and its C(seconds).
  returned: where the host was asked and all is healthy
  type: dict
bootstrapped:
  description: That the kubelet has its certificate.
  returned: with O(bootstrap), where the host was asked
  type: bool
closed:
  description: Whether what O(close) names was done.
  returned: where it was
  type: bool
join_facts:
  description:
    - What was answered to M(kubewright.control_plane.join_command), for its O(kubewright.control_plane.join_command#module:read). It may
      hold a token, so the result is hidden then.
  returned: where the phase show_join is among O(close)
  type: dict
seconds:
  description: How long it took.
  returned: success
  type: float
  sample: 11.2
served:
  description:
    - The certificates that servers of this host show, by C(kube-apiserver), C(etcd) (its clients' port) and C(etcd-peer). Empty in check
      mode.
  returned: success
  type: dict
  sample:
    kube-apiserver:
      address: 127.0.0.1:6443
      path: /etc/kubernetes/pki/apiserver.crt
      serial_number: 4F3A9C01D2E5B677
      not_after: "2027-01-31T12:00:00Z"
      sha256: 0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0
"""


import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.admin import API_SPEC
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.carry import carry_objects
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.carried import is_done
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.all import diagnose
from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.situation import situation
from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.watching import Watching
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import last_healthy, lock
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import run_command
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.diagnosed import DiagnosedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.line_file import lines_in
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import (
    READ_SPEC,
    ModuleResult,
    run_module,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubelet_bootstrap import Cluster, end
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.x509 import CRYPTOGRAPHY_ERROR
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.away import Away
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.close import CLOSING_SPEC, close
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import (
    ControlPlane,
    Endpoint,
    control_plane,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.crashes import Crashes
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.draining import Draining
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.health import HealthProbe
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.keep import (
    changed_components,
    changed_since,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.last_words import last_words
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.manifest_times import manifest_times
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.progress import Progress
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.put_back import PutBack, put_back
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.served import RELOAD_PATIENCE
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.shown import served
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.superseded import relief
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.wait import (
    WaitResult,
    wait_until_healthy,
)

BOOTSTRAPPING = {name: {"type": "str", "required": True} for name in ("server", "ca", "node")}


class NotReady(KubewrightError):
    """The wait was in vain. details: what was done all the same."""

    def __init__(self, cause: KubewrightError, replaced: list[str]) -> None:
        """replaced: the components for which the kubelet was restarted."""
        super().__init__(str(cause))
        put = cause.paths if isinstance(cause, PutBack) else []
        self.details = {"changed": bool(replaced or put), "replaced": replaced, "put_back": put}


class GivenUp(KubewrightError):
    """Nobody has waited for as long as it may take."""


def _is_kept(host: DiagnosedHost) -> last_healthy.LastHealthy | None:
    """The files of which is kept what was there while all was well."""
    try:
        return last_healthy.load(host)
    except KubewrightError:
        return None


def _wanted(watched: ControlPlane, restarting: t.Collection[str], kept: t.Sequence[str]) -> list[Endpoint]:
    """What has to be healthy, with each component of which a file was changed."""
    changed = changed_components(kept)
    return [
        endpoint._replace(required=endpoint.required or endpoint.name in changed)
        for endpoint in watched.waited_for([*restarting, *changed])
    ]


def _why(outcome: WaitResult, watched: ControlPlane, host: DiagnosedHost) -> str:
    """Why not all is healthy."""
    if outcome.verdict is not None:
        return outcome.verdict.text()
    states = "; ".join("{}: {}".format(*pair) for pair in outcome.unhealthy.items())
    try:
        words = "\n".join(verdict.text() for verdict in diagnose(situation(host)).acute)
    except Exception:  # whatever it trips over, the cause has to be told, and what was there before put back
        words = ""
    words = words or last_words(sorted(outcome.unhealthy), host, watched.pod_logs)
    return f"not healthy after {outcome.seconds:.0f} s: {states}.\n{words}"


def body(module: AnsibleModule) -> ModuleResult:
    """Polls until healthy, or explains why not."""
    watched, host = control_plane(module.params["control_plane"]), DiagnosedHost(run_command)
    if module.check_mode:
        return {"changed": False, "replaced": [], "seconds": 0.0, "served": {}}
    timeout = module.params["timeout"]
    kubelet_wait = watched.kubelet_timeout
    if timeout is None:
        timeout = watched.timeout
    else:
        kubelet_wait = min(kubelet_wait, timeout)
    kept = _is_kept(host)
    files = list(kept.files) if kept is not None else []
    changed = manifest_times(host, module.params["changed_manifests"])
    restarting = {**changed, **changed_since(host, files)}
    begin = host.monotonic()
    wanted = _wanted(watched, restarting, files)
    probe = HealthProbe(host, watched.ca, restarting)
    replaced: list[str] = []

    def tell(components: list[str], text: str) -> None:
        replaced.extend(components)
        module.warn(text)

    # A run that was cut off may have changed nothing: a manifest of long ago has containers that ended long ago.
    written = {**manifest_times(host, module.params["written_manifests"]), **changed}
    crashes = Crashes(watched, host, {**written, **restarting}, kept.since if kept is not None else None, written)
    draining = Draining(watched, host, restarting, crashes)
    watching = Watching(lambda: diagnose(situation(host)), host.monotonic)

    with lines_in(module.params["progress"]) as say:
        try:
            with Away(watched, host, restarting) as away:
                outcome = wait_until_healthy(
                    wanted,
                    probe,
                    timeout,
                    kubelet_wait,
                    host.sleep,
                    host.monotonic,
                    relief(watched, host, tell, restarting),
                    lambda component: draining(component) or watching(component),
                    Progress(say),
                )
            if not outcome.healthy:
                is_short = outcome.verdict is None and timeout < watched.timeout
                raise (GivenUp if is_short else KubewrightError)(_why(outcome, watched, host))
            shown = served(host, watched, max(timeout - outcome.seconds, RELOAD_PATIENCE))
            if kept is not None:
                waiting = lock.Waiting(module.params["lock_timeout"])
                with lock.locked(host.path(lock.HOST), "wait_control_plane", waiting):
                    last_healthy.forget(host, kept)
            away.keep(module.warn)
        except GivenUp as error:
            raise NotReady(error, replaced) from None
        except KubewrightError as error:
            cause = put_back(watched, host, error, module.warn, module.params["lock_timeout"], say)
            raise NotReady(cause, replaced) from None
    seconds = round(host.monotonic() - begin, 1)
    result = {"changed": bool(replaced), "replaced": replaced, "seconds": seconds, "served": shown}
    if module.params["bootstrapping"]:
        joins = module.params["bootstrapping"]
        try:
            end(host, Cluster(joins["server"], joins["ca"]), joins["node"])
        except KubewrightError as error:
            raise NotReady(error, replaced) from None
        result["bootstrapped"] = True
    objects, closing = module.params["objects"], module.params["closing"]
    carried = carry_objects(module.params["api"], objects, host.content) if objects else {}
    # Nodes join by what the phases have made, and where one has failed there is nothing to end.
    if closing is not None and all(item["phase"] in carried and is_done(carried[item["phase"]]) for item in objects):
        result.update(closed=True, join=close(closing, host, carried))
    return dict(result, carried=carried)


def main() -> None:
    """Runs the module."""
    manifests = {"type": "list", "elements": "path", "default": []}
    phases = ["upload_config", "mark_control_plane", "bootstrap_token", "addons"]
    run_module(
        "wait_control_plane",
        dict(
            READ_SPEC,
            control_plane={"type": "dict"},
            timeout={"type": "int"},
            changed_manifests=manifests,
            written_manifests=manifests,
            carry={"type": "list", "elements": "str", "choices": phases, "default": []},
            carry_read={"type": "dict"},
            close={"type": "list", "elements": "str", "choices": ["kubelet_finalize", "show_join"], "default": []},
            api=API_SPEC,
            objects={"type": "list", "elements": "dict", "default": []},
            closing=CLOSING_SPEC,
            bootstrap={"type": "bool", "default": False},
            bootstrapping={"type": "dict", "options": BOOTSTRAPPING},
            lock_timeout={"type": "float", "default": lock.SECONDS},
            progress={"type": "str", "default": ""},
            secrets={"type": "list", "elements": "str", "default": [], "no_log": True},
        ),
        body,
        cryptography_error=CRYPTOGRAPHY_ERROR,
        from_action=("control_plane",),
    )


if __name__ == "__main__":
    main()
