# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The files that a component's flags name: whether they are there, and whether it can see them."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.situation import Situation
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.causes import variable
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.reload import flag_values
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.static_pod import StaticPod, on_host
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.verdict import Verdict

# What is read, by the last word of a flag's name; others are written.
_READ = re.compile(
    r"(?:-file|kubeconfig|(?:\A|-)config|-policy-file|-certfile|-keyfile|-cafile|-certificate|-key|-certificate-authority)\Z"
)
# What is written, and what names several files in one value.
_OTHERS = ("log-file", "audit-log-path", "tls-sni-cert-key")


class FlagFile(t.NamedTuple):
    """A file that flags name. path: as the component sees it. host_path: on the host, None where no volume shows it."""

    flags: t.Sequence[str]
    path: str
    host_path: str | None

    def shown(self) -> str:
        """The flags as they stand in a command."""
        return ", ".join(f"--{flag}" for flag in self.flags)


def flag_files(pod: StaticPod) -> list[FlagFile]:
    """The files that a component reads by its flags, each once."""
    found: dict[str, list[str]] = {}
    for flag, values in flag_values(pod.arguments).items():
        if flag not in _OTHERS and _READ.search(flag):
            for path in values:
                if path.startswith("/"):
                    found.setdefault(path, []).append(flag)
    return [FlagFile(flags, path, on_host(pod, path)) for path, flags in found.items()]


def judge_files(seen: Situation, pod: StaticPod) -> t.Iterator[Verdict]:
    """What is not there, and what is there and cannot be seen in the pod."""
    for item in flag_files(pod):
        shown = f"{pod.path}: {item.shown()}: {item.path}"
        if item.host_path is None:
            # The image may have it.
            if not seen.is_well(pod.component):
                cure = f"Give the pod a volume with it, or correct {item.shown()} in {variable(pod.component)}."
                yield Verdict(
                    pod.component,
                    "FileNotMounted",
                    f"does not see {item.path}: none of its volumes has it",
                    [shown],
                    cure,
                    False,
                )
        elif not seen.host.exists(item.host_path):
            cure = (
                f"Put it there, or correct {item.shown()} in {variable(pod.component)}; kubeadm's own files the phases certs and "
                "kubeconfig make again."
            )
            yield Verdict(
                pod.component, "FileMissing", f"has no file {item.path}", [shown, f"{item.host_path}: absent"], cure
            )


__all__ = ("FlagFile", "flag_files", "judge_files")
