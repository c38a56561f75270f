# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""image_ensure: what is imported, pulled and planned on the host."""

from __future__ import annotations

import typing as t

import pytest
from acting import act

from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import ensure, grpc
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.runtime import Images
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config

WANTED = ["r.example/a:1", "r.example/b:1"]
ARCHIVE = "/srv/images.tar"


class Host(t.NamedTuple):
    """present: what the runtime has. broken: what cannot be pulled. pulled, imported: what was tried."""

    present: set[str]
    broken: set[str]
    pulled: list[str]
    imported: list[str]


def _shipped(config: Config, pull: bool = True, **arguments: t.Any) -> dict[str, t.Any]:
    """What the action sends to the host; pull: whether it is the execution that pulls."""
    shipped = act("image_ensure", {"config": config.data, **arguments}, {}).shipped
    return {**(shipped or {}), "pull": pull}


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Host:
    """A runtime without images; its archive has the first one."""
    state = Host(set(), set(), [], [])

    def pull(image: str, _timeout: float) -> None:
        state.pulled.append(image)
        if image in state.broken:
            raise grpc.Refused(2, "unauthorized")
        state.present.add(image)

    def import_archive(_images: Images, archive: str, _run: t.Any) -> str | None:
        state.imported.append(archive)
        if archive in state.broken:
            return "damaged"
        state.present.add(WANTED[0])
        return None

    images = Images("/s", lambda image: image in state.present, pull, lambda: "containerd")
    monkeypatch.setattr(ensure, "runtime_of", lambda _socket, _docker: images)
    monkeypatch.setattr(ensure, "import_archive", import_archive)
    monkeypatch.setattr(ensure, "stored_images", lambda _images, _run: state.present.__contains__)
    monkeypatch.setattr(ensure, "archive_fault", lambda archive: "damaged" if archive in state.broken else None)
    times = iter(range(1000))
    monkeypatch.setattr(ensure, "_CLOCK", ensure.Clock(lambda: float(next(times)), lambda _seconds: None))
    return state


@pytest.mark.parametrize(
    ("present", "broken", "check", "pulls", "pulled"),
    [
        ([], [], False, WANTED, WANTED),
        (WANTED[:1], [], False, WANTED[1:], WANTED[1:]),
        (WANTED, [], False, [], []),
        ([], [], True, [], WANTED),
        (WANTED[:1], [], True, [], WANTED[1:]),
        ([], WANTED[:1], False, [*WANTED[:1] * 5, *WANTED[1:]], WANTED[1:]),
    ],
)
def test_pulls(
    run_module: t.Callable[..., t.Any],
    make_config: t.Callable[..., t.Any],
    host: Host,
    present: list[str],
    broken: list[str],
    check: bool,
    pulls: list[str],
    pulled: list[str],
) -> None:
    """Breaks when an image that is there is pulled, check mode pulls, or one failed pull hides the others."""
    host.present.update(present)
    host.broken.update(broken)
    config = make_config("1.31.0")
    result = run_module("image_ensure", _shipped(config, images=WANTED), check=check)
    assert (host.pulled, result.code) == (pulls, 0)
    assert result.result["pulled"] == pulled
    assert result.result["changed"] is bool(pulled)
    assert result.result["to_pull"] == [image for image in WANTED if image not in present]
    assert result.result["failed_pulls"] == dict.fromkeys(broken, "unauthorized")
    assert set(result.result["seconds"]) == set(pulls)


@pytest.mark.parametrize(("policy", "pulls"), [("Always", WANTED), ("Never", [])])
def test_the_pull_policy_of_the_node(
    run_module: t.Callable[..., t.Any],
    make_config: t.Callable[..., t.Any],
    host: Host,
    policy: str,
    pulls: list[str],
) -> None:
    """Breaks kubewright_image_pull_policy. Pulling again what is there is no change, nor is a missing image with Never."""
    if policy == "Always":
        host.present.update(WANTED)
    config = make_config("1.31.0", image_pull_policy=policy)
    result = run_module("image_ensure", _shipped(config, images=WANTED))
    assert host.pulled == pulls
    assert (result.code, result.result["changed"]) == (0, False)


def test_all_images_of_the_configuration(
    run_module: t.Callable[..., t.Any], make_config: t.Callable[..., t.Any], host: Host
) -> None:
    """Breaks the phase: an image that init needs is not asked for. Without pulling it is named."""
    result = run_module("image_ensure", _shipped(make_config("1.31.0"), pull=False))
    assert len(result.result["to_pull"]) == 7
    assert "registry.k8s.io/pause:3.10" in result.result["to_pull"]
    assert (host.pulled, result.result["changed"]) == ([], False)


@pytest.mark.parametrize(
    ("present", "broken", "check", "imported", "to_pull"),
    [
        ([], [], False, [ARCHIVE], WANTED[1:]),
        ([], [], True, [ARCHIVE], WANTED),
        (WANTED, [], False, [], []),
        (WANTED, [], True, [], []),
        ([], [ARCHIVE], False, [], WANTED),
        ([], [ARCHIVE], True, [], WANTED),
    ],
)
def test_archives(
    run_module: t.Callable[..., t.Any],
    make_config: t.Callable[..., t.Any],
    host: Host,
    present: list[str],
    broken: list[str],
    check: bool,
    imported: list[str],
    to_pull: list[str],
) -> None:
    """Breaks kubewright_image_archives: imported again at each run, in check mode, or not told; or pulled what an archive had."""
    host.present.update(present)
    host.broken.update(broken)
    config = make_config("1.31.0", image_archives=[ARCHIVE])
    result = run_module("image_ensure", _shipped(config, images=WANTED, pull=False), check=check).result
    assert (result["imported"], result["to_pull"]) == (imported, to_pull)
    assert result["failed_imports"] == dict.fromkeys(broken, "damaged")
    assert host.imported == ([] if check else [*imported, *broken])
    # What an archive should have brought would be pulled, where failures are waived.
    assert result["changed"] is bool(imported or (check and to_pull))


def test_a_dead_runtime(
    run_module: t.Callable[..., t.Any], make_config: t.Callable[..., t.Any], tmp_path: t.Any
) -> None:
    """Breaks with a traceback where nobody listens on the socket."""
    config = make_config("1.31.0", cri_socket=f"unix://{tmp_path}/s")
    result = run_module("image_ensure", _shipped(config))
    assert result.code == 1
    assert f"{tmp_path}/s: No such file or directory" in result.result["msg"]
    assert "kubewright_cri_socket" in result.result["msg"]
