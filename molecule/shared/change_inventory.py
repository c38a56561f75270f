# SPDX-License-Identifier: GPL-3.0-or-later
"""What the inventory of scenario change declares, which extra variables would hide."""

from __future__ import annotations

import typing as t

DECLARED: dict[str, t.Any] = {
    "kubewright_apiserver_extra_args": {"encryption-provider-config": "/srv/change/encryption.yaml"},
    "kubewright_apiserver_extra_volumes": [
        {
            "name": "change",
            "hostPath": "/srv/change",
            "mountPath": "/srv/change",
            "pathType": "Directory",
            "readOnly": True,
        }
    ],
}

__all__ = ("DECLARED",)
