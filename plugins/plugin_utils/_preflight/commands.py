# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""FileExisting-*: the commands that the kubelet and kube-proxy call."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import ERROR, WARNING, Check

# Debian's package, and Red Hat's where it is another one.
_PACKAGES = {
    "conntrack": "conntrack (conntrack-tools)",
    "cp": "coreutils",
    "ebtables": "ebtables",
    "ethtool": "ethtool",
    "ip": "iproute2 (iproute)",
    "iptables": "iptables",
    "losetup": "mount (util-linux)",
    "mount": "mount (util-linux)",
    "nsenter": "util-linux",
    "socat": "socat",
    "tc": "iproute2 (iproute-tc)",
    "touch": "coreutils",
}


def _severities(config: Config) -> dict[str, str]:
    release = config.release
    severities = dict.fromkeys(release.preflight_required_commands, ERROR)
    severities.update(dict.fromkeys(release.preflight_recommended_commands, WARNING))
    return severities


def _wants_crictl(config: Config) -> bool:
    wanted = config.release.preflight_crictl
    return wanted is not None and not (wanted == "error_without_docker" and config.uses_docker)


def question(config: Config) -> dict[str, t.Any]:
    """C(names): of the commands that the minor looks for."""
    return {"names": [*(["crictl"] if _wants_crictl(config) else []), *_severities(config)]}


def check(config: Config, facts: t.Mapping[str, t.Any]) -> list[Check]:
    """One for each command of the minor. That crictl is missing is a warning: images are pulled over the runtime's socket."""
    checks = []
    if _wants_crictl(config):
        path = facts["paths"]["crictl"]
        cure = "Install cri-tools, if kubeadm or people are to use crictl."
        checks.append(
            Check("FileExisting-crictl", WARNING, path is not None, path or "not found", "crictl in PATH", cure)
        )
    for name, severity in _severities(config).items():
        path = facts["paths"][name]
        cure = f"Install {name}, of the package {_PACKAGES[name]}."
        checks.append(
            Check(f"FileExisting-{name}", severity, path is not None, path or "not found", f"{name} in PATH", cure)
        )
    return checks


__all__ = ("check", "question")
