# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The ports of a control plane that are the same in all minors."""

from __future__ import annotations

KUBELET = 10250
KUBELET_HEALTHZ = 10248
ETCD_CLIENT = 2379
ETCD_PEER = 2380
ETCD_METRICS = 2381

__all__ = ("ETCD_CLIENT", "ETCD_METRICS", "ETCD_PEER", "KUBELET", "KUBELET_HEALTHZ")
