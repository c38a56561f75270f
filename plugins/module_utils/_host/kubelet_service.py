# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The kubelet's service, through systemd."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Runner, find_command

UNIT = "kubelet.service"
# Of one that runs static pods alone, by kubeadm's documentation of an external etcd.
STANDALONE = "/etc/systemd/system/kubelet.service.d/20-etcd-service-manager.conf"


def _systemctl(run: Runner, *arguments: str) -> str:
    program = find_command("systemctl")
    if program is None:
        raise KubewrightError("systemctl is not in PATH: the kubelet's service needs systemd")
    answer = run([program, *arguments])
    if answer.code != 0:
        raise KubewrightError(
            "systemctl {} failed: {}. See 'journalctl -u kubelet' on the host.".format(
                " ".join(arguments), (answer.stderr or answer.stdout).strip()
            )
        )
    return answer.stdout


def _pairs(text: str) -> dict[str, str]:
    return dict(line.partition("=")[::2] for line in text.splitlines())


class ServiceState(t.NamedTuple):
    """active: whether the kubelet runs or is about to. disabled: whether it is not started at boot, as its unit could be."""

    active: bool
    disabled: bool


def state(run: Runner) -> ServiceState:
    """How the service is. Raises KubewrightError without systemd or without the unit."""
    shown = _pairs(_systemctl(run, "show", "--property=LoadState,ActiveState,UnitFileState", UNIT))
    if shown.get("LoadState") != "loaded":
        raise KubewrightError(
            "{} is {}. Install the kubelet's package, or unmask the unit.".format(
                UNIT, shown.get("LoadState") or "not found"
            )
        )
    active = shown.get("ActiveState") in ("active", "activating", "reloading")
    return ServiceState(active, shown.get("UnitFileState") == "disabled")


def properties(run: Runner, *names: str, unit: str = UNIT) -> dict[str, str]:
    """What systemd says of a unit, by the names of its properties; nothing where there is no systemd, or it says nothing."""
    program = find_command("systemctl")
    if program is None:
        return {}
    answer = run([program, "show", "--property=" + ",".join(names), unit])
    return _pairs(answer.stdout) if answer.code == 0 else {}


def main_pid(run: Runner) -> int:
    """The process id of the kubelet, or 0 where it does not run or systemd knows no such service."""
    text = properties(run, "MainPID").get("MainPID", "")
    return int(text) if text.isdigit() else 0


def exit_code(run: Runner) -> int:
    """The exit code with which the kubelet has ended, where it is away for that; 0 where it runs or it is not known."""
    shown = properties(run, "ActiveState", "SubState", "ExecMainStatus")
    away = shown.get("SubState") == "auto-restart" or shown.get("ActiveState") == "failed"
    text = shown.get("ExecMainStatus", "")
    return int(text) if away and text.isdigit() else 0


def journal(run: Runner, lines: int, since: float | None = None) -> list[str]:
    """The last lines of the kubelet's journal; none where they are not to be had. since: seconds since the epoch."""
    program = find_command("journalctl")
    if program is None:
        return []
    after = [] if since is None else ["--since", f"@{since:.3f}"]
    # Before systemd 254 the first lines since then are shown in place of the last ones, but for the other way round.
    argv = [program, "--unit", "kubelet", "--reverse", "--lines", str(lines), *after, "--no-pager", "--output", "cat"]
    answer = run(argv)
    return answer.stdout.splitlines()[::-1] if answer.code == 0 else []


def stop(run: Runner) -> None:
    """Stops the kubelet. Raises KubewrightError on failure."""
    _systemctl(run, "stop", UNIT)


def start(run: Runner) -> None:
    """Reads changed unit files and (re)starts the kubelet. Raises KubewrightError on failure."""
    _systemctl(run, "daemon-reload")
    _systemctl(run, "restart", UNIT)


def enable(run: Runner) -> None:
    """Has the kubelet started at boot. Raises KubewrightError on failure."""
    _systemctl(run, "enable", UNIT)


__all__ = (
    "STANDALONE",
    "UNIT",
    "ServiceState",
    "enable",
    "exit_code",
    "journal",
    "main_pid",
    "properties",
    "start",
    "state",
    "stop",
)
