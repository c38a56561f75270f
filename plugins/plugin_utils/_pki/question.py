# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What has to be read of a host's certificates, keys and kubeconfigs."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.declared import (
    authorities,
    certificates,
    host_kubeconfigs,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.kubelet_kubeconfig import (
    rotated_certificate,
    serving_files,
)

Question = dict[str, list[str]]


def question(config: Config) -> Question:
    """The files to read, by what they hold; see C(_pki.read.read)."""
    folder = config.certificates_dir
    names = [ca.path for ca in authorities(config)] + [leaf.path for leaf in certificates(config)]
    # In one file with its key.
    kubelets = [rotated_certificate(config)]
    serving, serving_key = serving_files(config)
    service_account = ["sa"] if config.is_control_plane else []
    return {
        "certificates": [*(f"{folder}/{name}.crt" for name in names), *kubelets, serving],
        "keys": [*(f"{folder}/{name}.key" for name in [*names, *service_account]), *kubelets, serving_key],
        "public_keys": [f"{folder}/{name}.pub" for name in service_account],
        "kubeconfigs": [wanted.path for wanted in host_kubeconfigs(config)],
    }


__all__ = ("Question", "question")
