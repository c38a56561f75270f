# SPDX-License-Identifier: GPL-3.0-or-later
"""What an API server makes of an object before it stores it, and what kubeadm sends without meaning."""

from __future__ import annotations

import base64
import copy
import datetime
import re
import typing as t

from parity.dry_run import Object

_OF_NO_NAMESPACE = ("ClusterRole", "ClusterRoleBinding", "Node")
_RBAC = "rbac.authorization.k8s.io"
_MINUTES = 10
_CA_DATA = re.compile(r"(certificate-authority-data: )(\S*)")


def _without_noise(value: t.Any) -> t.Any:
    if isinstance(value, dict):
        cleaned = {key: _without_noise(item) for key, item in value.items()}
        for key in ("creationTimestamp",):
            if key in cleaned and cleaned[key] is None:
                del cleaned[key]
        # The server drops resources without any.
        if cleaned.get("resources") == {}:
            del cleaned["resources"]
        return cleaned
    return [_without_noise(item) for item in value] if isinstance(value, list) else value


def _lasts(expiration: str, now: datetime.datetime) -> str:
    """How long a token lasts from when it was made, in tens of minutes: both sides are made within a few."""
    end = datetime.datetime.fromisoformat(expiration.replace("Z", "+00:00"))
    return f"{round((end - now).total_seconds() / 60 / _MINUTES)} times 10 min"


def normal_form(found: Object, now: datetime.datetime) -> Object:
    """An object as it can be compared. now: when it was made, roughly."""
    result: Object = _without_noise(copy.deepcopy(found))
    result.pop("status", None)
    result["metadata"].pop("resourceVersion", None)
    if result["kind"] in _OF_NO_NAMESPACE:
        result["metadata"].pop("namespace", None)
    for subject in result.get("subjects") or []:
        if subject["kind"] in ("Group", "User"):
            subject.setdefault("apiGroup", _RBAC)
    if result["kind"] == "Node":
        metadata = result["metadata"]
        for key in ("annotations", "labels"):
            metadata.setdefault(key, {})
        result.setdefault("spec", {}).setdefault("taints", [])
    if result["kind"] == "Secret" and "expiration" in result["data"]:
        result["data"]["expiration"] = _lasts(base64.b64decode(result["data"]["expiration"]).decode("ascii"), now)
    if result["kind"] == "ConfigMap":
        # Each side has its own CA.
        result["data"] = {key: _CA_DATA.sub(r"\1CA", text) for key, text in (result.get("data") or {}).items()}
    if result["kind"] == "Deployment":
        result["spec"].setdefault("replicas", 1)
        strategy = result["spec"].setdefault("strategy", {})
        strategy.setdefault("type", "RollingUpdate")
    return result


__all__ = ("normal_form",)
