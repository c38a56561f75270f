# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The kernel's release and its configuration."""

from __future__ import annotations

import re
import typing as t
import zlib

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost

Facts = t.Dict[str, t.Any]

RELEASE = "/proc/sys/kernel/osrelease"
_OPTION = re.compile(r"CONFIG_([A-Z0-9_]+)=([myn])")
_MODULE = "configs"
_LARGEST = 16 * 2**20
# zlib's mark of gzip's format.
_GZIP = 16 + zlib.MAX_WBITS


def release(host: InspectedHost) -> str:
    """The kernel's release, as C(uname -r) prints it; empty where it cannot be read."""
    return (host.text(RELEASE) or "").strip()


def option_states(text: str, names: t.Collection[str]) -> dict[str, str]:
    """The state (C(y), C(m) or C(n)) of those of the options that a kernel configuration has."""
    states = {}
    for line in text.splitlines():
        match = _OPTION.match(line.strip())
        if match and match.group(1) in names:
            states[match.group(1)] = match.group(2)
    return states


def _read(host: InspectedHost, paths: t.Sequence[str]) -> tuple[str, str | None] | None:
    """The first of the files that is there, with its text; None for the text where it is damaged."""
    for path in paths:
        data = host.data(path)
        if data is None:
            continue
        if path.endswith(".gz"):
            try:
                # A whole configuration has less than half a MiB.
                packed = zlib.decompressobj(_GZIP)
                data = packed.decompress(data, _LARGEST)
            except zlib.error:
                return path, None
            if not packed.eof:
                # It is cut off, or goes on.
                return path, None
        return path, data.decode("utf-8", "replace")
    return None


def _read_from_module(host: InspectedHost, paths: t.Sequence[str], kernel: str) -> tuple[str, str | None] | None:
    """As _read, with the module that shows the configuration loaded meanwhile, where this kernel has it.

    kubeadm tries to load it on every host without a file; without the module that comes to nothing.
    """
    modprobe = host.command("modprobe")
    installed = host.text(f"/lib/modules/{kernel}/modules.dep") or ""
    if modprobe is None or not re.search(rf"/{_MODULE}\.ko\S*:", installed):
        return None
    if host.run([modprobe, _MODULE]).code != 0:
        return None
    try:
        return _read(host, paths)
    finally:
        host.run([modprobe, "-r", _MODULE])


def gather(host: InspectedHost, question: t.Mapping[str, t.Any]) -> Facts:
    """The facts: C(release); C(config), the path of the kernel's configuration or None; C(options), their states by name or
    None where the file is damaged.

    question: C(paths), where the configuration may be; C({release}) in them is the kernel's release. C(options): names, without
    C(CONFIG_).
    """
    kernel = release(host)
    paths = [path.format(release=kernel) for path in question["paths"]]
    path, text = _read(host, paths) or _read_from_module(host, paths, kernel) or (None, None)
    return {
        "release": kernel,
        "config": path,
        "options": None if text is None else option_states(text, question["options"]),
    }


__all__ = ("RELEASE", "Facts", "gather", "option_states", "release")
