# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Client certificates for kubeconfigs that are kept on the controller: the key stays there, the host's CA signs."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.declared import user_kubeconfigs
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.folder import load_ca, sign_request
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig import CA


def unsigned(config: Config, names: t.Sequence[str]) -> str:
    """What to do about kubeconfigs whose client certificates nobody can sign."""
    return (
        f"{config.certificates_dir}/ca.key is neither on the host nor on the controller, so the client certificates of these cannot be "
        f"signed: {', '.join(names)}. Set their location to host in kubewright_kubeconfigs, and have them signed by way of "
        "kubewright_csr_dir."
    )


def answers(
    config: Config, requests: t.Sequence[t.Mapping[str, str]], now: datetime.datetime, root: str = ""
) -> dict[str, t.Any]:
    """C(ca_certificate) (PEM) and C(ca_signs), whether its key is on the host, where there are such kubeconfigs and a CA;
    and C(client_certificates) (PEM, by name).

    requests: each with C(name) (of the kubeconfig) and C(csr) (PEM). root: a folder that stands for the host's C(/).

    What a request says of names and groups counts for nothing; those that are declared do. Raises KubewrightError where a
    request is for nothing that is declared, or there is no key to sign with.
    """
    declared = {item.name: item.certificate for item in user_kubeconfigs(config, "controller")}
    ca = load_ca(root + config.certificates_dir, CA, now) if declared else None
    if ca is None:
        return {}
    signed = {}
    for item in requests:
        name = item["name"]
        if name not in declared:
            raise KubewrightError(f"client_requests: {name} is not a kubeconfig of kubewright_kubeconfigs.")
        if ca.key is None:
            raise KubewrightError(unsigned(config, [name]))
        try:
            signed[name] = sign_request(config, declared[name], ca, item["csr"], now)
        except KubewrightError as error:
            raise KubewrightError(f"client_requests: what is given for {name} {error}.") from None
    return {
        "ca_certificate": _x509.certificate_pem(ca.certificate).decode("ascii"),
        "ca_signs": ca.key is not None,
        "client_certificates": signed,
    }


__all__ = ("answers", "unsigned")
