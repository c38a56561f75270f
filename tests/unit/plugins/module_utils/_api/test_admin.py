# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether there is an API server to ask, and for how long it is waited for."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._api import admin
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import ApiError, Unreachable
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError

API = {"server": "https://192.0.2.10:6443", "timeout": 60.0}


def _answering(monkeypatch: pytest.MonkeyPatch, answer: KubewrightError | None) -> list[float]:
    """Lets the server answer so; for how many seconds each client would wait is put into what is returned."""
    patience: list[float] = []

    class Client:
        def __init__(self, _server: str, seconds: float) -> None:
            patience.append(seconds)

        def request(self, *_arguments: t.Any) -> dict[str, t.Any]:
            if answer is not None:
                raise answer
            return {}

    monkeypatch.setattr(admin, "AdminClient", Client)
    monkeypatch.setattr(admin, "is_reached", lambda _server, _seconds: True)
    return patience


@pytest.mark.parametrize(("waits", "seconds"), [(True, 60.0), (False, 0.0)])
def test_a_server_that_answers(monkeypatch: pytest.MonkeyPatch, waits: bool, seconds: float) -> None:
    """Breaks when the reader waits for a server on a blank host, or the applier does not wait for one that restarts."""
    patience = _answering(monkeypatch, None)
    assert admin.admin_client(API, waits) is not None
    assert patience == [seconds]


@pytest.mark.parametrize("answer", [Unreachable("refused"), ApiError(401, "expired"), ApiError(403, "not yet")])
def test_no_server_to_ask(monkeypatch: pytest.MonkeyPatch, answer: KubewrightError) -> None:
    """Breaks the look at a host whose API server, or whose credentials, a later or an earlier phase brings."""
    _answering(monkeypatch, answer)
    assert admin.admin_client(API, waits=False) is None
    with pytest.raises(type(answer)):
        admin.admin_client(API, waits=True)


def test_an_address_behind_which_packets_vanish(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the time of a run whose inventory names an address that the host does not have: it would wait for it for 30 s."""
    patience = _answering(monkeypatch, None)
    asked: list[tuple[str, float]] = []
    monkeypatch.setattr(admin, "is_reached", lambda *address: bool(asked.append(address)))
    assert admin.admin_client(API, waits=False) is None
    assert (asked, patience) == ([("https://192.0.2.10:6443", 2.0)], [])
    # The host's own server may be on its way.
    assert admin.admin_client(API, waits=True) is not None


@pytest.mark.parametrize("waits", [True, False])
def test_what_is_wrong_is_said(monkeypatch: pytest.MonkeyPatch, waits: bool) -> None:
    """Breaks the cause: a server that answers with an error is not one that is not there."""
    _answering(monkeypatch, ApiError(500, "broken"))
    with pytest.raises(ApiError):
        admin.admin_client(API, waits)


def test_a_damaged_kubeconfig(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the plan, which fails where the run makes the kubeconfig anew; or the cause, where nobody has made it."""

    def damaged(_server: str, _seconds: float) -> t.NoReturn:
        raise KubewrightError("admin.conf has no embedded CA")

    monkeypatch.setattr(admin, "AdminClient", damaged)
    monkeypatch.setattr(admin, "is_reached", lambda _server, _seconds: True)
    assert admin.admin_client(API, waits=False) is None
    with pytest.raises(KubewrightError, match="no embedded CA"):
        admin.admin_client(API, waits=True)
