# SPDX-License-Identifier: GPL-3.0-or-later
"""What is compared: one function for each artefact, which returns every difference."""

from __future__ import annotations

import base64
import pathlib
import typing as t

from parity.server_defaults import normal_form
from parity.sides import KUBELET, KUBERNETES, Side
from parity.values import differences, load
from parity.x509_fields import certificate_fields, key_fields, public_key_fields

Comparison = t.Callable[[Side, Side], list[str]]


def _paths(side: Side, folder: str, pattern: str) -> dict[str, pathlib.Path]:
    return {str(path.relative_to(side.root)): path for path in sorted((side.root / folder).rglob(pattern))}


def _ca_of(path: pathlib.Path) -> pathlib.Path:
    """The certificate of the CA that signs a certificate, by kubeadm's layout of the folder."""
    if path.name == "apiserver-etcd-client.crt":
        return path.parent / "etcd/ca.crt"
    return path.parent / ("front-proxy-ca.crt" if path.name.startswith("front-proxy-") else "ca.crt")


def _certificate(path: pathlib.Path) -> dict[str, t.Any]:
    return certificate_fields(path.read_bytes(), _ca_of(path).read_bytes())


def _key(path: pathlib.Path) -> dict[str, t.Any]:
    certificate = path.with_suffix(".crt")
    return key_fields(path.read_bytes(), certificate.read_bytes() if certificate.exists() else None)


def _public_key(path: pathlib.Path) -> dict[str, t.Any]:
    return public_key_fields(path.read_bytes(), path.with_suffix(".key").read_bytes())


def _by_file(kubeadm: Side, ours: Side, folder: str, pattern: str, fields: t.Callable[..., t.Any]) -> list[str]:
    wanted, found = _paths(kubeadm, folder, pattern), _paths(ours, folder, pattern)
    result = [f"{path}: missing" for path in wanted if path not in found]
    result += [f"{path}: kubeadm has no such file" for path in found if path not in wanted]
    for path in wanted:
        if path in found:
            result += [f"{path}: {line}" for line in differences(fields(wanted[path]), fields(found[path]))]
    return result


def certificates(kubeadm: Side, ours: Side) -> list[str]:
    """Certificates and keys by their fields."""
    return [
        line
        for pattern, fields in (("*.crt", _certificate), ("*.key", _key), ("*.pub", _public_key))
        for line in _by_file(kubeadm, ours, KUBERNETES, pattern, fields)
    ]


def _kubeconfig(path: pathlib.Path) -> dict[str, t.Any]:
    document = load(path.read_text())
    for cluster in document["clusters"]:
        ca_pem = base64.b64decode(cluster["cluster"]["certificate-authority-data"])
        # By its place: the folder of the certificates may be any below.
        known = {item.read_bytes() for item in path.parent.rglob("ca.crt")}
        cluster["cluster"]["certificate-authority-data"] = "the CA" if ca_pem in known else "another CA"
    for user in document["users"]:
        pem = base64.b64decode(user["user"]["client-certificate-data"])
        key_pem = base64.b64decode(user["user"]["client-key-data"])
        user["user"]["client-certificate-data"] = certificate_fields(pem, ca_pem)
        user["user"]["client-key-data"] = key_fields(key_pem, pem)
    return t.cast("dict[str, t.Any]", document)


def kubeconfigs(kubeadm: Side, ours: Side) -> list[str]:
    """Kubeconfigs, with their certificates and keys by fields."""
    return _by_file(kubeadm, ours, KUBERNETES, "*.conf", _kubeconfig)


def _yaml(path: pathlib.Path) -> t.Any:
    return load(path.read_text())


def manifests(kubeadm: Side, ours: Side) -> list[str]:
    """Static pods, value by value, lists in their order."""
    return _by_file(kubeadm, ours, f"{KUBERNETES}/manifests", "*", _yaml)


def kubelet_files(kubeadm: Side, ours: Side) -> list[str]:
    """The kubelet's configuration value by value, its flags as text."""
    return _by_file(kubeadm, ours, KUBELET, "*.yaml", _yaml) + _by_file(
        kubeadm, ours, KUBELET, "*.env", pathlib.Path.read_text
    )


def modes(kubeadm: Side, ours: Side) -> list[str]:
    """Every file with its mode."""
    return differences(kubeadm.modes(), ours.modes())


def images(kubeadm: Side, ours: Side) -> list[str]:
    """The list of images in its order."""
    return differences(kubeadm.images(), ours.images())


def _object_key(item: dict[str, t.Any]) -> str:
    metadata = item["metadata"]
    return "/".join(part for part in (item["kind"], metadata.get("namespace"), metadata["name"]) if part)


def objects(kubeadm: Side, ours: Side) -> list[str]:
    """Every API object by its values; texts in ConfigMaps to the letter, since kubeadm hashes some of them."""
    wanted, found = (
        {_object_key(item): item for item in (normal_form(item, side.made_at()) for item in side.objects())}
        for side in (kubeadm, ours)
    )
    return differences(wanted, found)


ARTEFACTS: t.Mapping[str, Comparison] = {
    "certificates": certificates,
    "kubeconfigs": kubeconfigs,
    "manifests": manifests,
    "kubelet": kubelet_files,
    "modes": modes,
    "objects": objects,
    "images": images,
}

__all__ = ("ARTEFACTS", "Comparison")
