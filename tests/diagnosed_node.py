# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder with all files of a finished control plane, and what is known of it, for those who look for what is wrong."""

from __future__ import annotations

import datetime
import pathlib
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.health import Health
from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.layout import layout
from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.situation import Situation
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.diagnosed import DiagnosedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.processes import Process
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import COMPONENTS
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.static_pod import manifests
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._render.tree import FILES, tree
from credentials_made import make

NOW = datetime.datetime(2026, 11, 30, 12, tzinfo=datetime.timezone.utc)
MANIFESTS, PKI = "/etc/kubernetes/manifests", "/etc/kubernetes/pki"
RUNNING = "LoadState=loaded\nActiveState=active\nSubState=running\nUnitFileState=enabled\nExecMainStatus=0\n"


class Node(DiagnosedHost):
    """Its files lie in a folder; what systemd says of the kubelet, and what its journal says, are attributes."""

    def __init__(self, root: pathlib.Path, config: Config) -> None:
        """Writes all files of a configuration."""
        super().__init__(self._answer, str(root))
        self.root, self.systemd, self.journal = root, RUNNING, ""
        self.started: dict[str, float] = dict.fromkeys(COMPONENTS, NOW.timestamp() - 3600)
        make(config, NOW, root=str(root))
        for file in tree(config, [], None, NOW):
            if file.path.startswith(FILES + "/"):
                self.put(file.path[len(FILES) :], file.content)
        for folder in ("/var/lib/etcd", "/var/log/pods", "/etc/ssl/certs", "/etc/ca-certificates"):
            (root / folder[1:]).mkdir(parents=True, exist_ok=True)

    def _answer(self, argv: t.Sequence[str]) -> Result:
        # It is asked for the last line first.
        return Result(0, self.systemd if argv[1] == "show" else "\n".join(self.journal.splitlines()[::-1]), "")

    def put(self, path: str, content: str) -> None:
        """Puts a file there."""
        there = self.root / path[1:]
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_text(content, encoding="utf-8")

    def edit(self, component: str, before: str, after: str) -> None:
        """Changes a manifest. Whoever asks for what is not in it has a test that tests nothing."""
        text = self.text(f"{MANIFESTS}/{component}.yaml") or ""
        assert before in text
        self.put(f"{MANIFESTS}/{component}.yaml", text.replace(before, after))

    def command(self, name: str) -> str | None:
        """Every one is there."""
        return name

    def clock(self) -> float:
        """One moment."""
        return NOW.timestamp()

    def hostname(self) -> str:
        """Its name."""
        return "cp1"

    def kubelet(self) -> Process | None:
        """Where it runs."""
        return Process(1, ("kubelet",), self.started["kubelet"]) if "kubelet" in self.started else None

    def can_be_listened_on(self, address: str) -> bool:
        """Only where it says so."""
        return address.startswith("127.")

    def situation(self, *unhealthy: str, **known: t.Any) -> Situation:
        """What is known where all components run, and all but some are well."""
        where = layout(self)
        found = manifests(self, where.manifests)
        health = {
            name: Health(0, "Connection refused") if name in unhealthy else Health(200, "ok") for name in COMPONENTS
        }
        running = {name: Process(1, (name,), started) for name, started in self.started.items()}
        seen = Situation(self, where, found, health, running, {}, self.journal.splitlines(), self.clock())
        return seen._replace(**known)


__all__ = ("MANIFESTS", "NOW", "PKI", "Node")
