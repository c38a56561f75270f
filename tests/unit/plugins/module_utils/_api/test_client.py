# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Paths of objects and the administrator's client."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._api import client as api
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError


@pytest.mark.parametrize(
    ("kind", "namespace", "path"),
    [
        ("ConfigMap", "kube-system", "/api/v1/namespaces/kube-system/configmaps/x"),
        ("DaemonSet", "kube-system", "/apis/apps/v1/namespaces/kube-system/daemonsets/x"),
        ("Node", None, "/api/v1/nodes/x"),
        ("ClusterRoleBinding", None, "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/x"),
        ("RoleBinding", "kube-public", "/apis/rbac.authorization.k8s.io/v1/namespaces/kube-public/rolebindings/x"),
    ],
)
def test_object_path(kind: str, namespace: str | None, path: str) -> None:
    """Breaks every request for that kind."""
    assert api.object_path({"kind": kind, "metadata": {"name": "x", "namespace": namespace}}) == path


class Fixed:
    """A client whose answer is fixed."""

    def __init__(self, answer: t.Any) -> None:
        self.answer = answer

    def request(self, *_arguments: t.Any) -> t.Any:
        """The answer."""
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.mark.parametrize(
    ("admin", "super_admin", "outcome"),
    [
        ({"by": "admin"}, None, {"by": "admin"}),
        (api.ApiError(403, "no"), {"by": "super"}, {"by": "super"}),
        (api.ApiError(403, "no"), api.Unreachable("absent"), 403),
        (api.ApiError(404, "no"), {"by": "super"}, 404),
        # Drift: a kubeconfig that somebody has removed, damaged or signed with another CA, and that is made anew in the run.
        (api.ApiError(401, "unknown"), {"by": "super"}, {"by": "super"}),
        (api.ApiError(401, "unknown"), api.Unreachable("absent"), 401),
        (api.Unreachable("admin.conf is not there"), {"by": "super"}, {"by": "super"}),
        (KubewrightError("admin.conf is not a kubeconfig"), {"by": "super"}, {"by": "super"}),
    ],
)
def test_super_admin_is_asked_only_for_what_admin_may_not_do(
    make_config: t.Callable[..., t.Any],
    monkeypatch: pytest.MonkeyPatch,
    admin: t.Any,
    super_admin: t.Any,
    outcome: t.Any,
) -> None:
    """D8.3: breaks the first run of 1.29, whose admin.conf has no rights yet, or uses all rights for everything."""

    def client(path: str, _server: str) -> Fixed:
        if path.endswith("/admin.conf"):
            if isinstance(admin, KubewrightError) and not isinstance(admin, api.ApiError):
                raise admin
            return Fixed(admin)
        if isinstance(super_admin, api.Unreachable):
            raise super_admin
        return Fixed(super_admin)

    monkeypatch.setattr(api, "client_from_kubeconfig", client)
    subject = api.AdminClient(make_config("1.31.0"), 0.0)
    if isinstance(outcome, int):
        with pytest.raises(api.ApiError) as caught:
            subject.request("GET", "/x")
        assert caught.value.status == outcome
    else:
        assert subject.request("GET", "/x") == outcome


def test_no_kubeconfig_that_can_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the message: what is wrong with admin.conf is to be said, not that super-admin.conf is away as it should be."""

    def client(path: str, _server: str) -> t.NoReturn:
        raise api.Unreachable(f"{path} is not there")

    monkeypatch.setattr(api, "client_from_kubeconfig", client)
    with pytest.raises(api.Unreachable, match=r"/admin\.conf"):
        api.AdminClient("https://192.0.2.1:6443", 0.0)


def test_an_absent_or_damaged_kubeconfig(tmp_path: pathlib.Path) -> None:
    """Breaks check mode on a blank host (absent counts as unreachable) and the message for a damaged file."""
    with pytest.raises(api.Unreachable, match="run the kubeconfig phase first"):
        api.client_from_kubeconfig(str(tmp_path / "admin.conf"), "https://192.0.2.1:6443")
    (tmp_path / "admin.conf").write_text("x", encoding="utf-8")
    with pytest.raises(KubewrightError, match=r"admin\.conf is not a kubeconfig"):
        api.client_from_kubeconfig(str(tmp_path / "admin.conf"), "https://192.0.2.1:6443")


@pytest.mark.parametrize(
    "error", [api.Unreachable("refused"), api.ApiError(500, "timed out"), api.ApiError(429, "busy")]
)
@pytest.mark.parametrize(("away", "patience", "fine"), [(3, 60.0, True), (3, 0.0, False), (200, 60.0, False)])
def test_a_server_that_restarts_is_waited_for(
    make_config: t.Callable[..., t.Any],
    monkeypatch: pytest.MonkeyPatch,
    error: api.KubewrightError,
    away: int,
    patience: float,
    fine: bool,
) -> None:
    """Breaks the run when its own new manifest restarts the API server; check mode (no patience) must not wait.

    A server that has just come up answers some requests with an error before all of it is ready.
    """
    answers: list[t.Any] = [error] * away + [{"fine": True}]
    clock = [0.0]

    class Restarting:
        def request(self, *_arguments: t.Any) -> t.Any:
            answer = answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

    def sleep(seconds: float) -> None:
        clock[0] += seconds

    monkeypatch.setattr(api, "client_from_kubeconfig", lambda _path, _server: Restarting())
    subject = api.AdminClient(make_config("1.31.0"), patience, sleep, lambda: clock[0])
    if fine:
        assert subject.request("GET", "/x") == {"fine": True}
    else:
        with pytest.raises(type(error)):
            subject.request("GET", "/x")
    assert clock[0] == (1.5 if fine else patience)
