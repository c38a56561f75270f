# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""A small client of the Kubernetes API over Python's standard library."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import time
import typing as t
from urllib.parse import urlencode, urlsplit

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.exchange import (
    NotJson,
    exchange,
    json_object,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import ADMIN_CONF, KUBERNETES_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.tls import add_client, trusting
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import files
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.memory import as_file
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import kubeconfig_text as kubeconfig

Object = t.Dict[str, t.Any]


_RETRY_INTERVAL = 0.5
_LONGEST_WORDS, _LONGEST_MESSAGE = 200, 4000
# Too many requests, internal error, bad gateway, unavailable, timeout.
_PASSING = (429, 500, 502, 503, 504)


class Unreachable(KubewrightError):
    """There is no API server that answers, or no credentials for it yet."""


class ApiError(KubewrightError):
    """The API server refused a request. status: the HTTP status; message: the server's own words."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__("the API server answered %d: %s" % (status, message))
        self.status = status
        self.message = message


def passes(error: KubewrightError) -> bool:
    """Whether the same request may be answered a moment later: a server that has just come up is not ready as a whole."""
    return isinstance(error, Unreachable) or (isinstance(error, ApiError) and error.status in _PASSING)


class Client(t.Protocol):
    """What the rest of the library needs of the API: one request at a time."""

    def request(
        self, method: str, path: str, body: Object | None = None, query: t.Mapping[str, str] | None = None
    ) -> Object:
        """The parsed answer. Raises ApiError for a status of 400 and above, Unreachable where nobody answers."""


_SUPER_ADMIN = KUBERNETES_DIR + "/super-admin.conf"


class Kind(t.NamedTuple):
    """Where the objects of a kind live."""

    prefix: str
    plural: str
    namespaced: bool


KINDS: t.Mapping[str, Kind] = {
    "ClusterRole": Kind("/apis/rbac.authorization.k8s.io/v1", "clusterroles", False),
    "ClusterRoleBinding": Kind("/apis/rbac.authorization.k8s.io/v1", "clusterrolebindings", False),
    "ConfigMap": Kind("/api/v1", "configmaps", True),
    "DaemonSet": Kind("/apis/apps/v1", "daemonsets", True),
    "Deployment": Kind("/apis/apps/v1", "deployments", True),
    "Node": Kind("/api/v1", "nodes", False),
    "Role": Kind("/apis/rbac.authorization.k8s.io/v1", "roles", True),
    "RoleBinding": Kind("/apis/rbac.authorization.k8s.io/v1", "rolebindings", True),
    "Secret": Kind("/api/v1", "secrets", True),
    "Service": Kind("/api/v1", "services", True),
    "ServiceAccount": Kind("/api/v1", "serviceaccounts", True),
}


def collection_path(kind: str, namespace: str | None) -> str:
    """The path under which the objects of a kind are listed and created."""
    where = KINDS[kind]
    return (
        f"{where.prefix}/namespaces/{namespace}/{where.plural}"
        if where.namespaced
        else f"{where.prefix}/{where.plural}"
    )


def object_path(wanted: Object) -> str:
    """The path of an object."""
    return "{}/{}".format(
        collection_path(wanted["kind"], wanted["metadata"].get("namespace")), wanted["metadata"]["name"]
    )


def is_reached(server: str, seconds: float) -> bool:
    """Whether somebody takes connections at the address of a URL, within so many seconds."""
    parts = urlsplit(server)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 443), timeout=seconds):
            return True
    except OSError:
        return False


class HttpsClient:
    """A client with a kubeconfig's credentials that talks to one API server over a kept connection."""

    def __init__(
        self, server: str, ca_pem: bytes, certificate_pem: bytes, key_pem: bytes, timeout: float = 30.0
    ) -> None:
        """timeout: seconds for one request. Raises KubewrightError where the credentials cannot be used."""
        parts = urlsplit(server)
        self._host, self._port, self._timeout = parts.hostname or "", parts.port or 443, timeout
        try:
            self._context = trusting(ca_pem)
        except KubewrightError as error:
            raise KubewrightError(f"the CA of the kubeconfig {error}") from None
        # ssl takes a client key from a file only.
        with as_file(certificate_pem + b"\n" + key_pem) as path:
            try:
                add_client(self._context, path)
            except KubewrightError as error:
                raise KubewrightError(f"the kubeconfig cannot be used: {error}") from None
        self._connection: http.client.HTTPSConnection | None = None

    def request(
        self, method: str, path: str, body: Object | None = None, query: t.Mapping[str, str] | None = None
    ) -> Object:
        """See Client.request."""
        status, text = self.raw(method, path, body, query)
        try:
            answer = json_object(text) if text else {}
        except NotJson as error:
            if status < 400:
                raise Unreachable(f"{self._host}:{self._port} does not answer as an API server does: {error}") from None
            answer = {"message": text[:_LONGEST_WORDS].decode("utf-8", "replace")}
        if status >= 400:
            raise ApiError(status, str(answer.get("message", "no message"))[:_LONGEST_MESSAGE])
        return answer

    def raw(
        self, method: str, path: str, body: Object | None = None, query: t.Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        """The status and the bytes of the answer. Raises Unreachable where nobody answers."""
        url = path + ("?" + urlencode(query) if query else "")
        headers = {"Accept": "application/json"}
        data = None
        if body is not None:
            data = json.dumps(body).encode("utf-8")
            headers["Content-Type"] = "application/merge-patch+json" if method == "PATCH" else "application/json"
        for attempt in (1, 2):
            fresh = self._connection is None
            if self._connection is None:
                self._connection = http.client.HTTPSConnection(
                    self._host, self._port, timeout=self._timeout, context=self._context
                )
            try:
                answer = exchange(self._connection, method, url, self._timeout, data, headers)
                return answer.status, answer.body
            except (OSError, http.client.HTTPException) as error:
                self._connection.close()
                self._connection = None
                # A kept connection may have been closed meanwhile by the server: that is no failure of the server.
                if fresh or attempt == 2:
                    raise Unreachable("%s:%d does not answer: %s" % (self._host, self._port, _reason(error))) from None
        raise AssertionError("not reached")


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    if isinstance(error, socket.timeout):
        return "timed out"
    return str(error) or type(error).__name__


def client_from_kubeconfig(path: str, server: str, timeout: float = 30.0) -> HttpsClient:
    """A client for server with the credentials of a kubeconfig file.

    The server is given apart: init talks to its own API server even where the file names a load balancer that is not
    up yet. Raises Unreachable where the file is absent, KubewrightError where it cannot be used.
    """
    state = files.read_file(path)
    if state is None:
        raise Unreachable(f"{path} is not there: run the kubeconfig phase first")
    try:
        contents = kubeconfig.read_kubeconfig(state.content.decode("utf-8", "replace"))
    except KubewrightError as error:
        raise KubewrightError(f"{path} {error}") from None
    fields = (contents.ca_data, contents.user.get("client-certificate-data"), contents.user.get("client-key-data"))
    ca, certificate, key = (kubeconfig.decode_data(field) for field in fields)
    if ca is None or certificate is None or key is None:
        raise KubewrightError(f"{path} has no embedded CA, client certificate and key")
    return HttpsClient(server, ca, certificate, key, timeout)


class AdminClient:
    """The administrator's client of a host: admin.conf, and super-admin.conf for what admin.conf may not do yet.

    From 1.29 on admin.conf gets its rights by a ClusterRoleBinding that has to be made first. One that is absent or damaged, or whose
    certificate the server does not take, may be about to be made anew: super-admin.conf stands for it too.
    """

    def __init__(
        self,
        server: str,
        patience: float,
        sleep: t.Callable[[float], None] = time.sleep,
        monotonic: t.Callable[[], float] = time.monotonic,
    ) -> None:
        """server: its URL. patience: for how many seconds a request is repeated while the API server is away (it may be restarting)
        or answers with an error that passes.

        Raises Unreachable where admin.conf is absent, and so is super-admin.conf; KubewrightError where neither can be used.
        """
        self._patience, self._sleep, self._monotonic = patience, sleep, monotonic
        self._server = server
        self._super_admin: HttpsClient | None = None
        try:
            self._admin = client_from_kubeconfig(ADMIN_CONF, self._server)
        except KubewrightError as error:
            try:
                self._admin = self._super_admin = client_from_kubeconfig(_SUPER_ADMIN, self._server)
            except KubewrightError:
                raise error from None

    def request(
        self, method: str, path: str, body: Object | None = None, query: t.Mapping[str, str] | None = None
    ) -> Object:
        """See Client.request."""
        deadline = self._monotonic() + self._patience
        while True:
            try:
                return self._request(method, path, body, query)
            except KubewrightError as error:
                if not passes(error) or self._monotonic() >= deadline:
                    raise
                self._sleep(_RETRY_INTERVAL)

    def _request(self, method: str, path: str, body: Object | None, query: t.Mapping[str, str] | None) -> Object:
        try:
            return self._admin.request(method, path, body, query)
        except ApiError as error:
            if error.status not in (401, 403) or self._super_admin is self._admin:
                raise
            if self._super_admin is None:
                try:
                    self._super_admin = client_from_kubeconfig(_SUPER_ADMIN, self._server)
                except Unreachable:
                    raise error from None
            return self._super_admin.request(method, path, body, query)


__all__ = (
    "KINDS",
    "AdminClient",
    "ApiError",
    "Client",
    "HttpsClient",
    "Unreachable",
    "client_from_kubeconfig",
    "collection_path",
    "is_reached",
    "object_path",
    "passes",
)
