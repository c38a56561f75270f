# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Which components of the control plane have to be restarted, because they run with older files than there are.

What a process reads, its own flags say; what it reads again by itself, the controller says.
"""

from __future__ import annotations

import time
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import (
    KUBERNETES_DIR,
    MANIFESTS_DIR,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.processes import CLOCK_ERROR, Process
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig_text import read_kubeconfig
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import (
    COMPONENTS,
    Component,
    ControlPlane,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.pod_manifest import (
    PodManifest,
    pod_manifest,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.read_once import (
    admission_files,
    kubelet_settings,
    trusted_cas,
)

_ADMISSION = "admission-control-config-file"


class NamedFile(t.NamedTuple):
    """A file that a component reads. path: where the component sees it. host_path: where it lies on the host."""

    path: str
    host_path: str
    reloaded: bool


class FileFacts(t.NamedTuple):
    """What is known of the host's files.

    changed_at: when a file was changed, in seconds since the epoch, or None where that is not known. is_covered: whether a
    process, by its id, sees another file at a path than lies on the host (its path, the host's). text: what is in a file.
    """

    changed_at: t.Callable[[str], float | None]
    is_covered: t.Callable[[int, str, str], bool]
    text: t.Callable[[str], str]


def flag_values(arguments: t.Sequence[str]) -> dict[str, list[str]]:
    """The values of a process's flags in their order, by the flag's name without dashes before it."""
    values: dict[str, list[str]] = {}
    rest = list(arguments[1:])
    while rest:
        argument = rest.pop(0)
        if not argument.startswith("-"):
            continue
        name, equals, value = argument.lstrip("-").partition("=")
        if not equals and rest and not rest[0].startswith("-"):
            value = rest.pop(0)
        # The components take underscores for dashes.
        values.setdefault(name.replace("_", "-"), []).append(value)
    return values


def host_path(component: Component | None, path: str) -> str:
    """Where a file that a component sees lies on the host: at the same path, but for the user's own volumes."""
    found = mounted_path(component.volumes, path) if component is not None else None
    return path if found is None else found


def mounted_path(volumes: t.Sequence[t.Sequence[str]], path: str) -> str | None:
    """The same of a path below one of these volumes; None for all others."""
    for mount_path, on_host in sorted(volumes, key=lambda pair: len(pair[0]), reverse=True):
        mount = mount_path.rstrip("/")
        if path == mount or path.startswith(mount + "/"):
            return on_host.rstrip("/") + path[len(mount) :]
    return None


def _is_reloaded(rule: bool | str, given: t.Mapping[str, t.Sequence[str]]) -> bool:
    if isinstance(rule, bool):
        return rule
    # A flag of Go's that is on without a value.
    return rule in given and given[rule][-1].lower() in ("", "true", "t", "1")


def named_files(component: Component, arguments: t.Sequence[str], text: t.Callable[[str], str]) -> list[NamedFile]:
    """The files that a component reads, by its flags. text: what is in a file of the host."""
    found: dict[str, NamedFile] = {}
    given = flag_values(arguments)
    for flag, rule in component.reloads.items():
        reloaded = _is_reloaded(rule, given)
        paths = given.get(flag, [])
        if flag == "tls-sni-cert-key":
            # CERTIFICATE,KEY or CERTIFICATE,KEY:NAMES
            paths = [path for value in paths for path in value.split(":")[0].split(",")]
        elif flag != "service-account-key-file":
            paths = paths[-1:]
        if flag == _ADMISSION:
            paths = [
                *paths,
                *(name for path in paths for name in admission_files(path, text(host_path(component, path)))),
            ]
        for path in paths:
            if path:
                known = found.get(path)
                at_once = reloaded and (known is None or known.reloaded)
                found[path] = NamedFile(path, host_path(component, path), at_once)
    return list(found.values())


def _embeds_certificate(text: str) -> bool:
    try:
        return "client-certificate-data" in read_kubeconfig(text).user
    except KubewrightError:
        return False


def kubelet_files(
    configured: t.Sequence[str],
    arguments: t.Sequence[str],
    text: t.Callable[[str], str],
    planned: t.Collection[str] = (),
) -> list[NamedFile]:
    """What the kubelet reads once: its settings, its kubeconfig, and the files that its configuration names (C(configured)).

    A kubeconfig that refers to the certificate which the kubelet rotates is the kubelet's own to write.
    """
    given = flag_values(arguments)
    kubeconfig = given.get("kubeconfig", [KUBERNETES_DIR + "/kubelet.conf"])[-1]
    paths = [*configured, *kubelet_settings(given)]
    if kubeconfig in planned or _embeds_certificate(text(kubeconfig)):
        paths.insert(0, kubeconfig)
    return [NamedFile(path, path, False) for path in paths]


def component_files(name: str, declared: Component, arguments: t.Sequence[str], facts: FileFacts) -> list[NamedFile]:
    """What a static pod reads. declared: what is known of it where its manifest cannot be read."""
    manifest = pod_manifest(facts.text(f"{MANIFESTS_DIR}/{name}.yaml"), name) or PodManifest([], {})
    component = declared._replace(volumes=manifest.volumes or declared.volumes)
    trusted = trusted_cas(
        name,
        manifest.environment,
        lambda path: mounted_path(manifest.volumes, path) is not None,
        lambda path: facts.changed_at(host_path(component, path)) is not None,
    )
    return [
        *named_files(component, arguments, facts.text),
        *(NamedFile(path, host_path(component, path), False) for path in trusted),
    ]


def moment(seconds: float) -> str:
    """A time as people read it, in UTC. seconds: since the epoch."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def restart_reasons(
    control_plane: ControlPlane, running: t.Mapping[str, Process], facts: FileFacts, planned: t.Collection[str] = ()
) -> dict[str, str]:
    """Why components have to be restarted, in the order in which that is done; those that need not are not in it.

    running: the process of each component that runs. planned: files that will be changed before, in check mode.
    """
    reasons = {}
    for component in COMPONENTS:
        process = running.get(component)
        if process is None:
            continue
        files = (
            kubelet_files(
                [control_plane.kubelet_client_ca, *control_plane.kubelet_once], process.arguments, facts.text, planned
            )
            if component == "kubelet"
            else component_files(component, control_plane.components[component], process.arguments, facts)
        )
        newer = [item.host_path for item in files if _is_needed(item, process, facts, planned)]
        if newer:
            reasons[component] = f"it runs since {moment(process.started)} with older {', '.join(newer)}"
    return reasons


def _is_needed(item: NamedFile, process: Process, facts: FileFacts, planned: t.Collection[str]) -> bool:
    changed_at = facts.changed_at(item.host_path)
    if not item.reloaded:
        if item.host_path in planned:
            return True
        if changed_at is not None and process.started < changed_at - CLOCK_ERROR:
            return True
    # A file that is mounted by itself stays the old one for the process when another takes its place on the host.
    return changed_at is not None and facts.is_covered(process.pid, item.path, item.host_path)


__all__ = (
    "FileFacts",
    "NamedFile",
    "component_files",
    "flag_values",
    "host_path",
    "kubelet_files",
    "moment",
    "mounted_path",
    "named_files",
    "restart_reasons",
)
