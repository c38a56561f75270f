# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a host has returned: taken only in its shape, and looked up with what is wrong with it."""

from __future__ import annotations

import copy
import datetime
import json
import pathlib
import shutil
import typing as t

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import pending
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.read import read
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.facts import answered, facts_of
from credentials_made import KUBECONFIGS, make

NOW = datetime.datetime(2026, 1, 1, 12, 0, tzinfo=datetime.timezone.utc)
Raw = dict[str, t.Any]


class Read(t.NamedTuple):
    """raw: what travelled. asked: what was asked for. folder: of the certificates. admin: a kubeconfig."""

    raw: Raw
    asked: dict[str, list[str]]
    folder: str
    admin: str


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, make_config: t.Callable[..., t.Any], sound: pathlib.Path) -> Read:
    """What was read of a host with certificates, kubeconfigs, a key that waits and a damaged one."""
    root = tmp_path_factory.mktemp("root")
    config = make_config("1.31.0", encryption_algorithm="ECDSA-P256")
    shutil.copytree(sound, root / config.certificates_dir[1:])
    make(config, datetime.datetime.now(datetime.timezone.utc), KUBECONFIGS, str(root))
    host = Host(lambda _argv: Result(127, "", ""), str(root))
    pending.save_pending(host, "apiserver", _x509.key_pem(_x509.generate_key("ECDSA-P256")))
    pending.save_pending(host, "etcd/peer", b"nonsense")
    folder, admin = config.certificates_dir, "/etc/kubernetes/admin.conf"
    (root / folder[1:] / "apiserver.crt").write_text("nonsense")
    asked = {
        "certificates": [f"{folder}/{name}.crt" for name in ("ca", "apiserver", "absent")],
        "keys": [f"{folder}/ca.key"],
        "public_keys": [f"{folder}/sa.pub"],
        "kubeconfigs": [admin],
    }
    return Read(json.loads(json.dumps(read(host, asked, NOW))), asked, folder, admin)


def test_what_is_there_absent_and_damaged(whole: Read) -> None:
    """Breaks every inspection: absent is no fault, damaged is one with its path, and what is there is the same as before."""
    facts, folder = answered(whole.raw, whole.asked), whole.folder
    certificate, problem = facts.certificate(f"{folder}/ca.crt")
    key, _key_problem = facts.key(f"{folder}/ca.key")
    assert (certificate is not None, problem) == (True, "")
    assert key is not None
    assert _x509.certificate_public_key(t.cast("t.Any", certificate)) == key.public
    assert facts.certificate(f"{folder}/absent.crt") == (None, "")
    assert facts.certificate(f"{folder}/apiserver.crt") == (None, f"{folder}/apiserver.crt is not a PEM certificate")
    assert [facts.exists(f"{folder}/{name}.crt") for name in ("ca", "apiserver", "absent")] == [True, True, False]
    assert facts.digest(f"{folder}/absent.crt") is None
    assert facts.now == NOW
    admin, _problem = facts.kubeconfig(whole.admin)
    assert admin is not None
    assert admin.client is not None
    assert (admin.problem, admin.client_problem, admin.ca == certificate) == ("", "", True)


def test_keys_that_wait(whole: Read) -> None:
    """Breaks requests: a damaged key that waits is to be told from one that can be used, and from none."""
    waiting = answered(whole.raw, whole.asked).pending()
    assert waiting["etcd/peer"] is None
    assert waiting["apiserver"] is not None
    assert waiting["apiserver"].algorithm == "ECDSA-P256"


@pytest.mark.parametrize(
    ("state", "loose"),
    [
        ({"mode": 0o600, "is_roots": True}, False),
        ({"mode": 0o400, "is_roots": True}, False),
        ({"mode": 0o640, "is_roots": True}, True),
        ({"mode": 0o600, "is_roots": False}, True),
        (None, False),
    ],
)
def test_what_grants_too_much(whole: Read, state: Raw | None, loose: bool) -> None:
    """Breaks when a key that others can read stays so, or a tighter choice of the user's is undone."""
    path, raw = f"{whole.folder}/ca.key", copy.deepcopy(whole.raw)
    raw["files"][path] = {**state, "digest": "x"} if state is not None else None
    assert facts_of(raw).is_loose(path, 0o600) is loose


def test_a_file_that_could_not_be_read(whole: Read) -> None:
    """Breaks with a traceback where a folder lies in place of a key: it is a problem of the file, and not loose."""
    path, raw = f"{whole.folder}/ca.key", copy.deepcopy(whole.raw)
    raw["files"][path], raw["keys"] = {"problem": f"{path} cannot be read"}, {}
    facts = facts_of(raw)
    assert facts.key(path) == (None, f"{path} cannot be read")
    assert (facts.exists(path), facts.digest(path), facts.is_loose(path, 0)) == (True, None, False)


def test_not_all_was_answered(whole: Read) -> None:
    """Breaks with a traceback where the facts of an earlier task are of other files."""
    more = {**whole.asked, "keys": [*whole.asked["keys"], "/another.key"]}
    with pytest.raises(KubewrightError, match="not answered all"):
        answered(whole.raw, more)
    with pytest.raises(KubewrightError, match=r"^python3-cryptography cannot be used$"):
        answered({"error": "python3-cryptography cannot be used"}, whole.asked)


JUNK: t.Any = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.just([]), st.just({}))


def _places(value: t.Any, path: tuple[t.Any, ...] = ()) -> list[tuple[t.Any, ...]]:
    inner = (
        [place for key, item in value.items() for place in _places(item, (*path, key))]
        if isinstance(value, dict)
        else []
    )
    return [path, *inner] if path else inner


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=300)
@given(data=st.data(), junk=JUNK)
def test_no_other_shape_is_a_traceback(whole: Read, data: st.DataObject, junk: t.Any) -> None:
    """Breaks with a traceback of a plan where facts are passed that somebody has changed: all or nothing is taken."""
    raw: t.Any = copy.deepcopy(whole.raw)
    *above, last = data.draw(st.sampled_from(_places(raw)))
    place = raw
    for key in above:
        place = place[key]
    place[last] = junk
    try:
        facts = answered(raw, whole.asked)
    except KubewrightError:
        return
    for path in raw["files"]:
        for look in (facts.certificate, facts.key, facts.public_key, facts.kubeconfig):
            look(path)
        facts.is_loose(path, 0o600)
        facts.digest(path)
    facts.pending()
