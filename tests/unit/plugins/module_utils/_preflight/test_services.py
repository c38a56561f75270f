# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The properties of services."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import services


def _unit(load: str = "loaded", file: str = "enabled", active: str = "active") -> dict[str, str]:
    return {"LoadState": load, "UnitFileState": file, "ActiveState": active}


ABSENT = _unit("not-found", "", "inactive")


def test_blocks_belong_to_names_in_their_order() -> None:
    """Breaks the service checks: systemctl separates the units by an empty line, in the order asked."""
    text = "LoadState=loaded\nActiveState=active\nUnitFileState=enabled\n\nLoadState=not-found\nActiveState=inactive\n"
    found = services.parse(["kubelet", "docker", "crio"], text)
    assert found == {"kubelet": _unit(), "docker": ABSENT, "crio": _unit("", "", "")}
