# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""How a process that holds a socket is named, and what ends it.

A process has C(name), the base name of its program, C(pid), and C(unit), its systemd service, or empty.
"""

from __future__ import annotations

import typing as t

Owner = t.Mapping[str, t.Any]


def described(owner: Owner) -> str:
    """A process in words."""
    return "{name} (pid {pid}{unit})".format(**{**owner, "unit": f", {owner['unit']}" if owner["unit"] else ""})


def cure_of(owner: Owner) -> str:
    """The command that ends it, or that shows what holds the port in its name."""
    if owner["pid"] == 1:
        return "systemctl list-sockets names the socket unit"
    if owner["name"] == "docker-proxy":
        return "docker ps names the container that publishes it"
    return f"systemctl stop {owner['unit']}" if owner["unit"] else f"kill {owner['pid']}"


__all__ = ("Owner", "cure_of", "described")
