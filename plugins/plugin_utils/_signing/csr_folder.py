# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The folder on the controller by which somebody else signs (kubewright_csr_dir): requests out, certificates in."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host import files
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.comparison import same_request
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.declared import (
    certificates,
    host_kubeconfigs,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.plan import CERTIFICATES, KUBECONFIGS
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.rounds import Request


def names(config: Config, parts: t.Collection[str]) -> list[str]:
    """Everything that may be asked for. parts: of C(CERTIFICATES) and C(KUBECONFIGS)."""
    found = [leaf.path for leaf in certificates(config)] if CERTIFICATES in parts else []
    return found + ([item.name for item in host_kubeconfigs(config)] if KUBECONFIGS in parts else [])


def read_signed(config: Config, folder: str, parts: t.Collection[str]) -> dict[str, bytes]:
    """The certificates that have come back (PEM), by name. What is no PEM at all is refused where it is needed.

    Raises KubewrightError where a file cannot be read.
    """
    found = {}
    for name in names(config, parts):
        path = f"{folder}/{name}.crt"
        state = files.read_file(path) if os.path.isfile(path) else None
        if state is not None:
            found[name] = state.content
    return found


def write_requests(config: Config, folder: str, requests: t.Sequence[Request], parts: t.Collection[str]) -> None:
    """Makes the requests of the folder those that are given. One that asks for the same is left as it is.

    parts: those that were looked at; the requests of others stay. Raises KubewrightError where the folder cannot be written.
    """
    wanted = {request.name: request.csr.encode() for request in requests}
    for name in names(config, parts):
        path = f"{folder}/{name}.csr"
        if name not in wanted:
            files.remove_file(path)
            continue
        state = files.read_file(path)
        if state is None or not same_request(state.content, wanted[name]):
            files.ensure_directory(os.path.dirname(path), 0o755)
            files.write_file(path, wanted[name], 0o644)


def complaint(config: Config, folder: str, requests: t.Sequence[Request], written: bool) -> str:
    """What people have to do so that the run can go on. written: whether the requests are in the folder."""
    lines = []
    for request in requests:
        refused = f"; {folder}/{request.name}.crt {_refusal(request.refused)}" if request.refused else ""
        lines.append(f"- {request.name}.csr ({request.reason}), by {config.certificates_dir}/{request.ca}.crt{refused}")
    where = f"The requests are in {folder}" if written else f"The requests will be in {folder}"
    return (
        f"these have to be signed by CAs whose keys are elsewhere:\n{os.linesep.join(lines)}\n{where}. Put each certificate beside its "
        "request under the same name with .crt in place of .csr, and run again."
    )


def _refusal(reason: str) -> str:
    return reason if reason.startswith("is ") else f"is not taken: {reason}"


__all__ = ("complaint", "names", "read_signed", "write_requests")
