# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The CAs that the user gives as files on the controller (kubewright_ca_files)."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import Fault, KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.given_ca import GivenCA

VARIABLE = "kubewright_ca_files"
# The path of each CA below the certificates folder.
PATHS: t.Mapping[str, str] = {"kubernetes": "ca", "front_proxy": "front-proxy-ca", "etcd": "etcd/ca"}
_BEGINS = {"cert": "-----BEGIN CERTIFICATE-----", "key": "PRIVATE KEY-----"}
_KINDS = {"cert": "a certificate in PEM form", "key": "a private key in PEM form"}


def _read(name: str, kind: str, path: str, read_file: t.Callable[[str], str]) -> tuple[str, list[Fault]]:
    wanted, cure = _KINDS[kind], "Name such a file on the controller; Ansible Vault may encrypt it."
    try:
        text = read_file(path)
    except KubewrightError as error:
        return "", [Fault(name, f"{path}, which cannot be read ({error})", wanted, cure)]
    if _BEGINS[kind] not in text:
        return "", [Fault(name, f"{path}, which holds something else", wanted, cure)]
    if kind == "key" and "ENCRYPTED" in text:
        cure = "Decrypt it (openssl pkey -in KEY -out PLAIN), and encrypt the file with Ansible Vault in place of a passphrase."
        return "", [Fault(name, f"{path}, which needs a passphrase", wanted, cure)]
    return text, []


def given_authorities(
    named: t.Mapping[str, t.Mapping[str, t.Any]], keys_on_host: bool, read_file: t.Callable[[str], str]
) -> tuple[dict[str, GivenCA], list[Fault]]:
    """The given CAs by their paths below the certificates folder, and the faults of the files.

    named: C(kubewright_ca_files). keys_on_host: whether the host gets their keys. read_file: the text of a file on the
    controller; raises KubewrightError.
    """
    found: dict[str, GivenCA] = {}
    faults: list[Fault] = []
    for name, item in named.items():
        source = f"{VARIABLE}.{name}"
        certificate, wrong = _read(f"{source}.cert", "cert", item["cert"], read_file)
        faults += wrong
        key = None
        if item.get("key") is not None:
            key, wrong = _read(f"{source}.key", "key", item["key"], read_file)
            faults += wrong
        found[PATHS[name]] = GivenCA(source, certificate.encode(), None if key is None else key.encode(), keys_on_host)
    return found, faults


__all__ = ("PATHS", "VARIABLE", "given_authorities")
