# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The CAs of a host: what is there, given or made, and what is never decided without the user."""

from __future__ import annotations

import datetime
import pathlib
import shutil
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki import comparison
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.authority import (
    MAKE,
    MAKE_CERTIFICATE,
    WRITE_GIVEN,
    Authority,
    certificate_path,
    inspect_authority,
    key_path,
    load_ca,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.declared import authorities
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.given_ca import GivenCA
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.in_folder import folder_facts

DAY = datetime.timedelta(days=1)


def _look(
    host: t.Any,
    own: GivenCA | None = None,
    name: str = "ca",
    later: datetime.timedelta = datetime.timedelta(0),
    **variables: t.Any,
) -> Authority:
    config: Config = host.config(**variables)
    now = host.now + later
    [ca] = [item for item in authorities(config) if item.path == name]
    return inspect_authority(config, folder_facts(config, "", now), ca, own, now)


def _given(folder: pathlib.Path, name: str = "ca", key: bool = True, **more: t.Any) -> GivenCA:
    """A CA of the user's."""
    pem = (folder / f"{name}.key").read_bytes() if key else None
    return GivenCA("mine.crt", (folder / f"{name}.crt").read_bytes(), pem, **more)


def _copy(host: t.Any, *names: str) -> None:
    for name in names:
        (host.pki / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(host.sound / name, host.pki / name)


def _told(found: Authority) -> tuple[str, str, bool]:
    return found.action, found.inspection.status, found.inspection.is_problem


def test_a_blank_host(host: t.Any) -> None:
    """Breaks the first run: a CA is made, or the user's own written, and leaves are signed with that one."""
    made, given = _look(host), _look(host, _given(host.sound))
    assert (_told(made), made.signer) == ((MAKE, "missing", False), None)
    assert _told(given) == (WRITE_GIVEN, "missing", False)
    assert given.inspection.reason == "given as mine.crt"
    assert given.signer is not None
    assert given.signer.key is not None


def test_a_ca_that_is_there_signs(host: t.Any) -> None:
    """Breaks the second run: a CA is made or written anew, and with it everything that trusts it is cut off."""
    _copy(host, "ca.crt", "ca.key")
    for own in (None, _given(host.sound), _given(host.sound, key=False)):
        found = _look(host, own)
        assert _told(found) == ("", "ok", False)
        assert found.signer is not None
        assert found.signer.key is not None
        assert comparison.is_key_of(found.signer.key, found.signer.certificate)


def test_the_end_of_a_ca(host: t.Any) -> None:
    """Breaks the warning half a year before, or replaces a CA because it ends."""
    _copy(host, "ca.crt", "ca.key")
    assert _told(_look(host, later=3650 * DAY - 181 * DAY))[1] == "ok"
    due = _look(host, later=3650 * DAY - 179 * DAY)
    assert _told(due) == ("", "due", False)
    assert due.signer is not None
    ended = _look(host, later=3650 * DAY)
    assert (_told(ended), ended.signer) == (("", "expired", True), None)
    assert "to have a new CA made" in ended.inspection.reason


def test_a_key_that_is_elsewhere(host: t.Any) -> None:
    """Breaks external CAs: without a key there is nobody to sign, and the controller's copy signs in its place."""
    _copy(host, "ca.crt")
    found = _look(host)
    assert (_told(found), found.signer is not None and found.signer.key) == (("", "ok", False), None)
    brought = _look(host, _given(host.sound))
    assert (_told(brought), brought.inspection.reason) == (
        (WRITE_GIVEN, "wrong", False),
        "its key is given as mine.key",
    )
    kept = _look(host, _given(host.sound, key_on_host=False))
    assert _told(kept) == ("", "ok", False)
    assert kept.signer is not None
    assert kept.signer.key is not None


def test_another_ca_than_the_given_one(host: t.Any) -> None:
    """Breaks a cluster whose users name the wrong file: its CA would be replaced."""
    _copy(host, "ca.crt", "ca.key")
    found = _look(host, _given(host.sound, "front-proxy-ca"))
    assert (_told(found), found.signer) == (("", "wrong", True), None)
    assert "is another CA than mine.crt" in found.inspection.reason


def test_a_key_on_the_host_that_ought_to_be_on_the_controller(host: t.Any) -> None:
    """Breaks the promise that no CA key is on a host."""
    _copy(host, "ca.crt", "ca.key")
    found = _look(host, ca_key_location="controller", ca_dir="cas")
    assert _told(found) == ("", "wrong", True)
    assert "kubewright_ca_key_location" in found.inspection.reason


@pytest.mark.parametrize("name", ["ca", "front-proxy-ca", "etcd/ca"])
def test_a_ca_whose_making_was_cut_off(host: t.Any, name: str) -> None:
    """Breaks the run after one that was cut off: the key that is there already is taken, as long as nothing was signed."""
    _copy(host, f"{name}.key")
    assert _told(_look(host, name=name)) == (MAKE_CERTIFICATE, "missing", False)
    assert _told(_look(host, _given(host.sound, name), name))[0] == WRITE_GIVEN
    # Another one's key, or a leaf that it may have signed.
    other = "front-proxy-ca" if name == "ca" else "ca"
    assert _told(_look(host, _given(host.sound, other), name)) == ("", "missing", True)
    _copy(host, {"ca": "apiserver", "front-proxy-ca": "front-proxy-client", "etcd/ca": "etcd/peer"}[name] + ".crt")
    lost = _look(host, name=name)
    assert (_told(lost), lost.signer) == (("", "missing", True), None)


@pytest.mark.parametrize(
    ("content", "of", "status"),
    [(b"nonsense", "ca.crt", "unreadable"), (b"", "ca.key", "unreadable"), ("apiserver.crt", "ca.crt", "wrong")],
)
def test_a_damaged_ca_is_never_replaced(host: t.Any, content: bytes | str, of: str, status: str) -> None:
    """Breaks when a damaged file costs a cluster its CA, also where the user gives one."""
    _copy(host, "ca.crt", "ca.key")
    data = (host.sound / content).read_bytes() if isinstance(content, str) else content
    (host.pki / of).write_bytes(data)
    for own in (None, _given(host.sound)):
        assert _told(_look(host, own)) == ("", status, True)
    config = host.config()
    facts = folder_facts(config, "", host.now)
    with pytest.raises(KubewrightError, match=r"Put the right file there, or move .*ca\.crt and .*ca\.key away"):
        load_ca(config, facts, authorities(config)[0], host.now)


def test_paths(make_config: t.Callable[..., Config]) -> None:
    """Breaks hosts whose certificates lie elsewhere."""
    config = make_config("1.31.0", certificates_dir="/srv/pki")
    assert certificate_path(config, "etcd/ca") == "/srv/pki/etcd/ca.crt"
    assert key_path(config, "etcd/ca") == "/srv/pki/etcd/ca.key"
