# SPDX-License-Identifier: GPL-3.0-or-later
"""A client of the API that keeps objects in memory, for tests of what is sent to it."""

from __future__ import annotations

import copy
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import ApiError, object_path

Object = dict[str, t.Any]


class Server:
    """Objects by path. Fills in defaults, counts versions, knows dry runs and merge patches as the real one does."""

    def __init__(self, *objects: Object, dry_run: bool = True, defaults: Object | None = None) -> None:
        self.objects: dict[str, Object] = {}
        self.requests: list[tuple[str, str]] = []
        self.writes: list[tuple[str, str]] = []
        self.conflicts = 0
        self._dry_run = dry_run
        self._defaults = defaults or {}
        for found in objects:
            self.store(object_path(found), found)

    def store(self, path: str, body: Object) -> Object:
        """Writes as the server does."""
        stored = {**self._defaults, **copy.deepcopy(body)}
        old = self.objects.get(path)
        version = str(int(old["metadata"]["resourceVersion"]) + 1) if old is not None else "1"
        stored["metadata"] = dict(stored["metadata"], resourceVersion=version, uid="u", creationTimestamp="then")
        self.objects[path] = stored
        return stored

    def request(
        self, method: str, path: str, body: Object | None = None, query: t.Mapping[str, str] | None = None
    ) -> Object:
        """See Client.request."""
        self.requests.append((method, path))
        if method == "GET":
            if path.endswith(("/secrets", "/configmaps", "/nodes")):
                return {"items": [item for key, item in self.objects.items() if key.startswith(path)]}
            if path not in self.objects:
                raise ApiError(404, "not found")
            return copy.deepcopy(self.objects[path])
        assert body is not None
        if query and "dryRun" in query:
            if not self._dry_run:
                raise ApiError(400, "the dryRun alpha feature is disabled")
            return {**self._defaults, **copy.deepcopy(body)}
        if self.conflicts:
            self.conflicts -= 1
            raise ApiError(409, "the object has been modified")
        self.writes.append((method, path))
        if method == "DELETE":
            if body["preconditions"]["uid"] != self.objects[path]["metadata"]["uid"]:
                raise ApiError(409, "the UID in the precondition is another")
            return self.objects.pop(path)
        if method == "POST":
            return self.store("%s/%s" % (path, body["metadata"]["name"]), body)
        if self.objects[path].get("roleRef") != body.get("roleRef"):
            raise ApiError(422, "roleRef: Invalid value: cannot change roleRef")
        if body["metadata"].get("resourceVersion") != self.objects[path]["metadata"]["resourceVersion"]:
            raise ApiError(409, "the object has been modified")
        return self.store(path, body if method == "PUT" else _patched(self.objects[path], body))


def _patched(target: t.Any, patch: t.Any) -> t.Any:
    """RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = _patched(result.get(key), value)
    return result


def config_map(data: dict[str, str], **metadata: t.Any) -> Object:
    """A ConfigMap kube-system/x."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "x", "namespace": "kube-system", **metadata},
        "data": data,
    }


__all__ = ("Object", "Server", "config_map")
