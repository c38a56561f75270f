# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The CAs that are on the controller: those that the user gives, and those that are kept there (kubewright_ca_dir)."""

from __future__ import annotations

import datetime
import os
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import InvalidInput, KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import files, lock
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.apply import CERTIFICATE_MODE, KEY_MODE
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import CertificateAuthority
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.declared import authorities
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.folder import profile_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.given_ca import GivenCA
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._signing.given_authorities import (
    given_authorities,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._signing.own_folder import (
    require_own,
    tighten_own,
)

_FOLDER_MODE = 0o700
_LOCK = ".lock"
_LONGEST_NAME = 255
_TAKEN, _TAKEN_STARTS = ("etcd", _LOCK), ("ca.", "front-proxy-ca.")


def controller_authorities(
    config: Config,
    read_file: t.Callable[[str], str],
    now: datetime.datetime,
    write: bool,
) -> dict[str, GivenCA]:
    """All CAs that are on the controller, by their paths below the certificates folder.

    read_file: the text of a file on the controller;
    raises KubewrightError. write: whether CAs that had to be made are written, before any host learns of them.

    Raises InvalidInput for files that cannot be used, and KubewrightError where a CA is nowhere to be had.
    """
    keys_on_host = config.data.get("caKeyLocation") != "controller"
    given, faults = given_authorities(config.controller["caFiles"], keys_on_host, read_file)
    if faults:
        raise InvalidInput(faults)
    if keys_on_host:
        return given
    directory = config.controller["caDir"]
    folder = None if directory is None else ca_folder(directory, config.controller["cluster"])
    if folder is not None:
        require_own(folder)
    if folder is None or not write or config.node.get("ca_on_host"):
        kept, made = kept_authorities(config, folder, given, read_file, now)
        if write:
            _tighten_keys(kept.values())
        return {**given, **kept, **made}
    # Two runs that find it empty would each make a part of what lies there in the end.
    files.ensure_directory(folder, _FOLDER_MODE)
    tighten_own(folder, _FOLDER_MODE)
    with lock.locked(f"{folder}/{_LOCK}", "making CAs", lock.Waiting(config.lock_seconds)):
        kept, made = kept_authorities(config, folder, given, read_file, now)
        write_authorities(made.values())
    _tighten_keys(kept.values())
    return {**given, **kept, **made}


def _tighten_keys(kept: t.Iterable[GivenCA]) -> None:
    for ca in kept:
        tighten_own(ca.key_name, KEY_MODE)


def is_folder_name(name: str) -> bool:
    """Whether a name can be that of a folder inside of another one, and is shown as it is."""
    is_whole = bool(name) and "/" not in name and name not in (".", "..") and not name.startswith("~")
    return is_whole and name.isprintable() and len(name.encode("utf-8", "replace")) <= _LONGEST_NAME


def is_cluster_folder_name(cluster: str) -> bool:
    """Whether a cluster's name can be that of the folder of its CAs. A cluster without a name has its own beside them."""
    return not cluster or (is_folder_name(cluster) and cluster not in _TAKEN and not cluster.startswith(_TAKEN_STARTS))


def ca_folder(directory: str, cluster: str) -> str:
    """The folder of one cluster's CAs. cluster: a name that C(is_cluster_folder_name) takes."""
    return os.path.join(os.path.abspath(os.path.expanduser(directory)), cluster).rstrip("/")


def kept_authorities(
    config: Config,
    folder: str | None,
    given: t.Mapping[str, GivenCA],
    read_file: t.Callable[[str], str],
    now: datetime.datetime,
) -> tuple[dict[str, GivenCA], dict[str, GivenCA]]:
    """The CAs of the folder that are not given otherwise, by path: those that are there, and those that were just made.

    The latter have not been written yet. folder: None where there is none. read_file: the text of a file on the
    controller; raises KubewrightError.

    Raises KubewrightError where a CA is nowhere to be had, or is on the host and not here.
    """
    found: dict[str, GivenCA] = {}
    absent: list[CertificateAuthority] = []
    keys: dict[str, _x509.PrivateKey] = {}
    for ca in authorities(config):
        if ca.path in given:
            continue
        base = f"{folder}/{ca.path}"
        if folder is not None:
            require_own(os.path.dirname(base))
        present = [os.path.exists(base + end) for end in (".crt", ".key")] if folder is not None else [False, False]
        if present[0]:
            key = read_file(base + ".key").encode() if present[1] else None
            found[ca.path] = GivenCA(base + ".crt", read_file(base + ".crt").encode(), key, key_on_host=False)
            continue
        absent.append(ca)
        if present[1]:
            # A run that was cut off has written the key, and nobody has seen a certificate for it.
            keys[ca.path] = _kept_key(base + ".key", read_file)
    if absent and (folder is None or config.node.get("ca_on_host")):
        raise KubewrightError(_cannot_make(config, folder, absent))
    new_keys = _x509.generate_keys(config.key_algorithm, len(absent) - len(keys))
    return found, {ca.path: _made(config, folder or "", ca, keys.get(ca.path) or next(new_keys), now) for ca in absent}


def _kept_key(path: str, read_file: t.Callable[[str], str]) -> _x509.PrivateKey:
    try:
        return _x509.load_key(read_file(path).encode())
    except KubewrightError as error:
        problem = str(error) if str(error).startswith(path) else f"{path} {error}"
        raise KubewrightError(
            f"{problem}, and the CA's certificate is not beside it. Put the right files there, or move it away to have a new CA made."
        ) from None


def _cannot_make(config: Config, folder: str | None, absent: t.Sequence[CertificateAuthority]) -> str:
    names = ", ".join(ca.path for ca in absent)
    if folder is None:
        return (
            f"kubewright_ca_key_location is controller, and these CAs are not on the controller: {names}. Name their files in "
            "kubewright_ca_files, or a folder in kubewright_ca_dir in which they are made."
        )
    directory = config.certificates_dir
    return (
        f"{directory}/ca.crt is on the host, and these CAs are not in {folder}: {names}. Put their certificates and keys there under the "
        f"same names as below {directory}."
    )


def _made(
    config: Config, folder: str, ca: CertificateAuthority, key: _x509.PrivateKey, now: datetime.datetime
) -> GivenCA:
    certificate = _x509.issue_ca(ca.common_name, profile_of(config), now, key)
    source = f"{folder}/{ca.path}.crt"
    return GivenCA(source, _x509.certificate_pem(certificate), _x509.key_pem(key), key_on_host=False)


def write_authorities(made: t.Iterable[GivenCA]) -> None:
    """Writes new CAs into their folder, which is their owner's alone. Keys that are there stay. Raises KubewrightError."""
    for ca in made:
        files.ensure_directory(os.path.dirname(ca.source), _FOLDER_MODE)
        if not os.path.exists(ca.key_name):
            files.write_file(ca.key_name, ca.key or b"", KEY_MODE)
        files.write_file(ca.source, ca.certificate, CERTIFICATE_MODE)


__all__ = (
    "ca_folder",
    "controller_authorities",
    "is_cluster_folder_name",
    "is_folder_name",
    "kept_authorities",
    "write_authorities",
)
