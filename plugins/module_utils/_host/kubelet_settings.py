# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The settings of the kubelet that pods are made by: who changes one empties the node first, as Kubernetes' documentation asks for.

With a checkpoint of the CPU or memory manager that is of another policy the kubelet does not start (1.10 to 1.37, and 1.21 to 1.37).
"""

from __future__ import annotations

import json
import re
import shlex
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import KUBELET_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.yaml_reader import Unreadable, read_yaml
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host

CONFIGURATION, FLAGS = KUBELET_DIR + "/config.yaml", KUBELET_DIR + "/kubeadm-flags.env"
# What people may give the kubelet beside that, in Debian's and in Red Hat's place.
_EXTRA = ("/etc/default/kubelet", "/etc/sysconfig/kubelet")

_SCHEME = re.compile(r"^unix://")
# With systemd /var/run is a link to /run.
_SAME_FOLDER = re.compile(r"^/var/run/")


class _Setting(t.NamedTuple):
    """flag: which has the last word. default: the kubelet's own."""

    flag: str
    default: str


_SETTINGS: t.Mapping[str, _Setting] = {
    "cgroupDriver": _Setting("cgroup-driver", "cgroupfs"),
    "cgroupsPerQOS": _Setting("cgroups-per-qos", "true"),
    "cgroupRoot": _Setting("cgroup-root", ""),
    "containerRuntimeEndpoint": _Setting("container-runtime-endpoint", ""),
    "cpuManagerPolicy": _Setting("cpu-manager-policy", "none"),
    "cpuManagerPolicyOptions": _Setting("cpu-manager-policy-options", ""),
    "reservedSystemCPUs": _Setting("reserved-cpus", ""),
    "memoryManagerPolicy": _Setting("memory-manager-policy", "None"),
    "topologyManagerPolicy": _Setting("topology-manager-policy", "none"),
    "topologyManagerPolicyOptions": _Setting("topology-manager-policy-options", ""),
    "topologyManagerScope": _Setting("topology-manager-scope", "container"),
}
_CHECKPOINTS: t.Mapping[str, str] = {
    "cpuManagerPolicy": KUBELET_DIR + "/cpu_manager_state",
    "memoryManagerPolicy": KUBELET_DIR + "/memory_manager_state",
}


def _flags(text: str) -> dict[str, str]:
    """The flags in a file of variables, as systemd reads it; none where it cannot be read. Before 1.15 kubeadm quotes nothing."""
    values = [line.partition("=")[2].strip() for line in text.splitlines() if not line.startswith(("#", ";"))]
    try:
        plain = [" ".join(shlex.split(value)) if value.startswith(('"', "'")) else value for value in values]
        found = [argument for value in plain for argument in shlex.split(value)]
    except ValueError:
        return {}
    return dict(argument[2:].partition("=")[::2] for argument in found if argument.startswith("--"))


def _text(value: t.Any) -> str:
    """A value of the configuration as a flag has it."""
    if isinstance(value, dict):
        return ",".join(f"{key}={value[key]}" for key in sorted(value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def settings(configuration: str, flags: str) -> dict[str, str]:
    """The settings that pods are made by. configuration, flags: the texts of C(CONFIGURATION) and C(FLAGS).

    Raises Unreadable for a configuration that is no YAML that is read here.
    """
    document, given = read_yaml(configuration), _flags(flags)
    if not isinstance(document, dict):
        raise Unreadable("it is no mapping")
    found = {
        name: given.get(setting.flag) or _text(document.get(name, "")) or setting.default
        for name, setting in _SETTINGS.items()
    }
    socket = _SCHEME.sub("", found["containerRuntimeEndpoint"])
    return dict(found, containerRuntimeEndpoint=_SAME_FOLDER.sub("/run/", socket))


def settings_of(content: t.Callable[[str], bytes | None]) -> dict[str, str] | None:
    """Those of a host; None where its kubelet has no configuration, empty where that cannot be read. content: of a file, by its path."""
    try:
        configuration, flags = content(CONFIGURATION), content(FLAGS)
        if configuration is None:
            return None
        return settings(configuration.decode("utf-8", "replace"), (flags or b"").decode("utf-8", "replace"))
    except KubewrightError:
        return {}


def stale_checkpoints(content: t.Callable[[str], bytes | None], command: str) -> list[str]:
    """The checkpoints with which the kubelet would not start, as they are of another policy than its configuration.

    command: the arguments and the environment that its unit gives it. A policy that is given there, or in a place of people's own, is not
    judged.
    """
    found = settings_of(content)
    if not found:
        return []
    given = command.encode("utf-8", "replace") + b"".join(content(path) or b"" for path in _EXTRA)
    stale = []
    for name, path in _CHECKPOINTS.items():
        checkpoint = content(path)
        elsewhere = (b"--" + _SETTINGS[name].flag.encode("utf-8"), b"--config-dir")
        if checkpoint is None or any(flag in given for flag in elsewhere):
            continue
        try:
            policy = json.loads(checkpoint)["policyName"]
        except (ValueError, KeyError, TypeError, RecursionError):
            continue
        if policy != found[name]:
            stale.append(path)
    return stale


def start_kubelet(host: Host) -> None:
    """Starts the kubelet, or restarts it, with a configuration that may have changed: without checkpoints that it would not start with."""
    if any(map(host.exists, _CHECKPOINTS.values())):
        for path in stale_checkpoints(host.content, host.kubelet_command()):
            host.remove(path)
    host.start_kubelet()


__all__ = ("CONFIGURATION", "FLAGS", "settings", "settings_of", "stale_checkpoints", "start_kubelet")
