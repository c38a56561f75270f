# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What all control planes of a cluster have in common: the CAs with their keys, and the key of service accounts.

kubeadm join takes the same files from a Secret (download-certs) or from people. A key that the control plane which is asked has not, as
that of a CA which is kept elsewhere, is left out.
"""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.values import digest
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.apply import KEY_MODE

_CAS, _ETCD, _SERVICE_ACCOUNT = ("ca", "front-proxy-ca"), "etcd/ca", ("sa.key", "sa.pub")


def names(with_etcd: bool) -> list[str]:
    """The files, below the certificates folder."""
    cas = [*_CAS, *([_ETCD] if with_etcd else [])]
    return [*(f"{ca}.{kind}" for ca in cas for kind in ("crt", "key")), *_SERVICE_ACCOUNT]


# Of an external etcd: what its hosts have in common, and what those have who ask it.
OF_ETCD_HOSTS = (f"{_ETCD}.crt", f"{_ETCD}.key")
OF_ETCD_CLIENTS = (f"{_ETCD}.crt", "apiserver-etcd-client.crt", "apiserver-etcd-client.key")


def _needed(with_etcd: bool) -> list[str]:
    return [name for name in names(with_etcd) if not name.endswith("ca.key")]


def read_files(host: Host, folder: str, wanted: t.Iterable[str]) -> dict[str, str]:
    """The texts of those that are there."""
    found: dict[str, str] = {}
    for name in wanted:
        content = host.content(f"{folder}/{name}")
        if content is not None:
            found[name] = content.decode("utf-8", "replace")
    return found


def read(host: Host, folder: str, with_etcd: bool) -> dict[str, str]:
    """The texts of those that are there. Raises KubewrightError where one is not that all need."""
    found = read_files(host, folder, names(with_etcd))
    missing = [name for name in _needed(with_etcd) if name not in found]
    if missing:
        raise KubewrightError(
            f"{folder} has no {', '.join(missing)}, which all control planes have in common. Run role certs on this host first, or ask "
            "another control plane."
        )
    return found


def _mark(content: bytes) -> str:
    """Blanks are none of a PEM's."""
    return digest(b" ".join(content.split()))


def digests(files: t.Mapping[str, str]) -> dict[str, str]:
    """By which they can be compared without being sent."""
    return {name: _mark(text.encode("utf-8")) for name, text in files.items()}


def absent(host: Host, folder: str, wanted: t.Mapping[str, str], replaced: t.Collection[str] = ()) -> list[str]:
    """Those that the host has not yet. wanted: their digests. replaced: those that are renewed, so that an older one counts as none.

    Raises KubewrightError where it has others: something may depend on them.
    """
    found = []
    for name, mark in wanted.items():
        content = host.content(f"{folder}/{name}")
        is_another = content is not None and _mark(content) != mark
        if content is None or (is_another and name in replaced):
            found.append(name)
        elif is_another:
            raise KubewrightError(
                f"{folder}/{name} is another one than that of the cluster, with which the host is to have it in common. Nothing is "
                "changed. If the host is of another cluster, or has an etcd of its own, take it out of this one. Only where nothing "
                "depends on the file any more, move it away, and run again."
            )
    return found


def write(host: Host, folder: str, files: t.Mapping[str, str], missing: t.Collection[str], public_mode: int) -> None:
    """Writes those that are missing. files: their texts. public_mode: of what is no secret. Raises KubewrightError."""
    # Keys first: a certificate without its key says that somebody else signs.
    for name in sorted(missing, key=lambda name: not name.endswith(".key")):
        mode = KEY_MODE if name.endswith(".key") else public_mode
        host.write(f"{folder}/{name}", files[name].encode("utf-8"), mode)


__all__ = ("OF_ETCD_CLIENTS", "OF_ETCD_HOSTS", "absent", "digests", "names", "read", "read_files", "write")
