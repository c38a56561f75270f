# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The certificates folder of a host: its files, and the shape of its certificates."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.duration import seconds
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.apply import CERTIFICATE_MODE, KEY_MODE
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.x509 import Profile
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.declared import authorities, certificates


def profile_of(config: Config) -> Profile:
    """The shape of the minor's certificates."""
    release, cluster = config.release, config.cluster
    return Profile(
        algorithm=config.key_algorithm,
        leaf_seconds=seconds(cluster["certificateValidityPeriod"]),
        ca_seconds=seconds(cluster["caCertificateValidityPeriod"]),
        ca_backdate_seconds=release.ca_backdate_seconds,
        not_before=release.leaf_not_before,
        leaf_basic_constraints=release.leaf_basic_constraints,
        ca_dns_san=release.ca_dns_san,
        key_identifiers=release.key_identifiers,
    )


def certificate_files(config: Config) -> list[tuple[str, int]]:
    """Every file of the certificates folder with its mode, below that folder."""
    paths = [ca.path for ca in authorities(config)] + [leaf.path for leaf in certificates(config)]
    found = [(f"{path}.crt", CERTIFICATE_MODE) for path in paths] + [(f"{path}.key", KEY_MODE) for path in paths]
    if not config.is_control_plane:
        return found
    return [*found, ("sa.key", KEY_MODE), ("sa.pub", config.release.public_key_mode)]


def allowed_modes(config: Config) -> list[tuple[str, int]]:
    """The same, with what kubeadm init and kubeadm join allow of each: they differ in the public key."""
    return [
        (path, mode | config.release.shared_public_mode if path == "sa.pub" else mode)
        for path, mode in certificate_files(config)
    ]


__all__ = ("allowed_modes", "certificate_files", "profile_of")
