# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done for many hosts at once: files are rendered, and hosts are checked."""

from __future__ import annotations

import pathlib
import statistics
import typing as t

import yaml
from bench.measured import Failed, measure
from bench.nodes import script, small_hosts

Values = dict[str, t.Any]
PREFIX = "bench-fleet"


def _rendered_hosts(count: int) -> Values:
    """An inventory of so many hosts, each a cluster of its own, whose versions go round from 1.12 to 1.37."""
    return {
        f"host{number}": {
            "ansible_host": f"192.0.2.{number % 250 + 1}",
            "kubewright_kubernetes_version": f"v1.{12 + number % 26}.0",
            "kubewright_cluster": f"c{number}",
        }
        for number in range(count)
    }


def render(folder: pathlib.Path, count: int, runs: int) -> float:
    """The median of the seconds that render.yml takes for so many hosts."""
    folder.mkdir(parents=True, exist_ok=True)
    inventory = folder / "hosts.yml"
    inventory.write_text(yaml.safe_dump({"control_plane": {"hosts": _rendered_hosts(count)}}), encoding="utf-8")
    command = ["ansible-playbook", "playbooks/render.yml", "-i", str(inventory)]
    command += ["-e", f"kubewright_render_dir={folder / 'rendered'}"]
    return statistics.median(measure(command, folder / "log").seconds for _run in range(runs))


def preflight(folder: pathlib.Path, counts: t.Sequence[int], version: str) -> dict[int, float]:
    """The seconds that preflight.yml takes for so many hosts, none of which is fit: nothing of Kubernetes is there."""
    found = {}
    folder.mkdir(parents=True, exist_ok=True)
    with small_hosts(PREFIX, max(counts)):
        every = yaml.safe_load(script("fleet.sh", "inventory", PREFIX))
        every["control_plane"]["vars"]["kubewright_kubernetes_version"] = version
        names = list(every["control_plane"]["hosts"])
        for count in counts:
            group = {
                **every["control_plane"],
                "hosts": {name: every["control_plane"]["hosts"][name] for name in names[:count]},
            }
            inventory = folder / f"{count}.yml"
            inventory.write_text(yaml.safe_dump({"control_plane": group}), encoding="utf-8")
            command = ["ansible-playbook", "playbooks/preflight.yml", "-i", str(inventory)]
            measured = measure(command, folder / f"{count}.log", codes=(2,))
            if f"{count} failed" not in measured.output:
                raise Failed(f"preflight.yml has failed otherwise than expected; its output is in {folder}/{count}.log")
            found[count] = round(measured.seconds, 1)
    return found


__all__ = ("preflight", "render")
