# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Settings that have a meaning only in some minors: kubeadm of the others has neither them nor a place to store them."""

from __future__ import annotations

import typing as t


class Setting(t.NamedTuple):
    """A setting. first, last: the minors where it has a meaning. cure: what to do in the others."""

    first: int
    last: int
    cure: str

    @property
    def range_text(self) -> str:
        """The minors, for messages."""
        if self.first == self.last:
            return "1.%d" % self.first
        return "since 1.%d" % self.first if self.last >= _NEWEST else "1.%d to 1.%d" % (self.first, self.last)


_NEWEST = 99
_TAKE_OUT = "Take it out."

# By the place in the resolved configuration.
SETTINGS: t.Mapping[str, Setting] = {
    "ClusterConfiguration.apiServer.extraEnvs": Setting(31, _NEWEST, _TAKE_OUT),
    "ClusterConfiguration.controllerManager.extraEnvs": Setting(31, _NEWEST, _TAKE_OUT),
    "ClusterConfiguration.scheduler.extraEnvs": Setting(31, _NEWEST, _TAKE_OUT),
    "ClusterConfiguration.etcd.local.extraEnvs": Setting(31, _NEWEST, _TAKE_OUT),
    "ClusterConfiguration.dns.imageRepository": Setting(13, _NEWEST, _TAKE_OUT),
    "ClusterConfiguration.dns.imageTag": Setting(13, _NEWEST, _TAKE_OUT),
    "ClusterConfiguration.dns.disabled": Setting(
        31, _NEWEST, "Take it out, and add addon/coredns to the phases to skip."
    ),
    "ClusterConfiguration.proxy.disabled": Setting(
        31, _NEWEST, "Take it out, and add addon/kube-proxy to the phases to skip."
    ),
    "ClusterConfiguration.useHyperKubeImage": Setting(13, 21, _TAKE_OUT),
    "ClusterConfiguration.unifiedControlPlaneImage": Setting(
        12, 12, "Take it out; in 1.13 to 1.21, useHyperKubeImage does the like."
    ),
    "InitConfiguration.timeouts.etcdAPICall": Setting(31, _NEWEST, _TAKE_OUT),
    "InitConfiguration.timeouts.tlsBootstrap": Setting(31, _NEWEST, _TAKE_OUT),
    "InitConfiguration.timeouts.discovery": Setting(31, _NEWEST, _TAKE_OUT),
    "InitConfiguration.timeouts.upgradeManifests": Setting(31, _NEWEST, _TAKE_OUT),
    "InitConfiguration.timeouts.kubeletHealthCheck": Setting(
        31, _NEWEST, "Take it out: the kubelet is waited for as long as this minor's kubeadm does."
    ),
    "patchesDirectory": Setting(19, _NEWEST, "Take it out; extra arguments, volumes and environment variables remain."),
    "certificateKey": Setting(14, _NEWEST, _TAKE_OUT),
}

__all__ = ("SETTINGS", "Setting")
