# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What systemd says of services."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.kubelet_service import STANDALONE

_PROPERTIES = ("LoadState", "UnitFileState", "ActiveState")
_NAMES = ("kubelet", "docker", "containerd", "crio", "cri-docker", "firewalld")


def parse(names: t.Sequence[str], text: str) -> dict[str, dict[str, str]]:
    """The properties of each unit, by the output of C(systemctl show) for all of them."""
    services = {}
    blocks = text.split("\n\n") + [""] * len(names)
    for name, block in zip(names, blocks):
        values = dict(line.partition("=")[::2] for line in block.strip().splitlines())
        services[name] = {key: values.get(key, "") for key in _PROPERTIES}
    return services


def gather(host: InspectedHost, _question: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """C(units): by name, what systemd says of each; None without systemd. C(standalone): whether the kubelet is told to have no cluster."""
    systemctl, standalone = host.command("systemctl"), host.exists(STANDALONE)
    if systemctl is None:
        return {"units": None, "standalone": standalone}
    answer = host.run(
        [systemctl, "show", "--property=" + ",".join(_PROPERTIES), *(f"{name}.service" for name in _NAMES)]
    )
    return {"units": parse(_NAMES, answer.stdout) if answer.code == 0 else None, "standalone": standalone}


__all__ = ("gather", "parse")
