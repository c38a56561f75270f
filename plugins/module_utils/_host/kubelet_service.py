# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The kubelet's service, through systemd."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Runner, find_command

UNIT = "kubelet.service"


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


def is_active(run: Runner) -> bool:
    """Whether the kubelet runs or is about to. Raises KubewrightError without systemd or without the unit."""
    properties = dict(
        line.partition("=")[::2]
        for line in _systemctl(run, "show", "--property=LoadState,ActiveState", UNIT).splitlines()
    )
    if properties.get("LoadState") != "loaded":
        raise KubewrightError(
            "{} is {}. Install the kubelet's package, or unmask the unit.".format(
                UNIT, properties.get("LoadState") or "not found"
            )
        )
    return properties.get("ActiveState") in ("active", "activating", "reloading")


def main_pid(run: Runner) -> int:
    """The process id of the kubelet, or 0 where it does not run or systemd knows no such service."""
    program = find_command("systemctl")
    answer = run([program, "show", "--property=MainPID", UNIT]) if program is not None else None
    text = answer.stdout.strip().partition("=")[2] if answer is not None and answer.code == 0 else ""
    return int(text) if text.isdigit() else 0


def exit_code(run: Runner) -> int:
    """The exit code with which the kubelet has ended, where it is away for that; 0 where it runs or it is not known."""
    program = find_command("systemctl")
    if program is None:
        return 0
    answer = run([program, "show", "--property=ActiveState,SubState,ExecMainStatus", UNIT])
    shown = dict(line.partition("=")[::2] for line in answer.stdout.splitlines())
    away = shown.get("SubState") == "auto-restart" or shown.get("ActiveState") == "failed"
    text = shown.get("ExecMainStatus", "")
    return int(text) if answer.code == 0 and away and text.isdigit() else 0


def journal(run: Runner, lines: int, since: float | None = None) -> list[str]:
    """The last lines of the kubelet's journal; none where they are not to be had. since: seconds since the epoch."""
    program = find_command("journalctl")
    if program is None:
        return []
    after = [] if since is None else ["--since", f"@{since:.3f}"]
    answer = run([program, "--unit", "kubelet", "--lines", str(lines), *after, "--no-pager", "--output", "cat"])
    return answer.stdout.splitlines() if answer.code == 0 else []


def stop(run: Runner) -> None:
    """Stops the kubelet. Raises KubewrightError on failure."""
    _systemctl(run, "stop", UNIT)


def start(run: Runner) -> None:
    """Reads changed unit files and (re)starts the kubelet. Raises KubewrightError on failure."""
    _systemctl(run, "daemon-reload")
    _systemctl(run, "restart", UNIT)


__all__ = ("UNIT", "exit_code", "is_active", "journal", "main_pid", "start", "stop")
