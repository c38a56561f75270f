# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which components have to be restarted for which changed files, by minor."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.processes import CLOCK_ERROR, Process
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.reload import (
    FileFacts,
    flag_values,
    host_path,
    restart_reasons,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.release import FIRST_MINOR, LAST_MINOR
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._running.control_plane import control_plane
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._static_pod.control_plane import (
    apiserver,
    controller_manager,
    scheduler,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._static_pod.etcd import etcd

MakeConfig = t.Callable[..., Config]
MINORS = range(FIRST_MINOR, LAST_MINOR + 1)
API, MANAGER, SCHEDULER = "kube-apiserver", "kube-controller-manager", "kube-scheduler"
PKI, CONF = "/etc/kubernetes/pki/", "/etc/kubernetes/"
EMBEDDED = (
    "apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts:\n- name: c\n  context:\n    cluster: k\n    user: u\n"
    "clusters:\n- name: k\n  cluster:\n    server: https://192.0.2.10:6443\nusers:\n- name: u\n  user:\n    %s\n"
)
CERTIFICATE_DATA, ROTATED = "client-certificate-data: eA==", "client-certificate: /var/lib/kubelet/pki/current.pem"
STARTED = 1000.0


def _running(config: Config) -> dict[str, Process]:
    """The processes that the minor's static pods run, and the kubelet as its package starts it."""
    commands = {
        pod["name"]: tuple(pod["command"])
        for pod in (etcd(config), apiserver(config), controller_manager(config), scheduler(config))
    }
    commands["kubelet"] = ("/usr/bin/kubelet", "--kubeconfig=/etc/kubernetes/kubelet.conf")
    return {name: Process(7, command, STARTED) for name, command in commands.items()}


def _facts(
    changed: t.Mapping[str, float],
    user: str = CERTIFICATE_DATA,
    covered: t.Collection[str] = (),
    texts: t.Mapping[str, str] | None = None,
) -> FileFacts:
    return FileFacts(
        lambda path: changed.get(path, 0.0),
        lambda _pid, path, _host_path: path in covered,
        lambda path: (texts or {}).get(path, EMBEDDED % user),
    )


def _restarted(config: Config, *paths: str, **facts: t.Any) -> list[str]:
    return list(
        restart_reasons(control_plane(config), _running(config), _facts(dict.fromkeys(paths, STARTED + 5), **facts))
    )


def test_nothing_changed_restarts_nothing(make_config: MakeConfig) -> None:
    """Breaks the second run: files that are older than the processes are taken for newer ones."""
    for minor in MINORS:
        assert _restarted(make_config(f"1.{minor}.0")) == []


# What is changed, and for each component the last minor that has to be restarted for it (None: all of them).
FILES: list[tuple[list[str], dict[str, int | None]]] = [
    (["apiserver.crt", "apiserver.key"], {API: 16}),
    (["apiserver-kubelet-client.crt", "apiserver-kubelet-client.key"], {API: 17}),
    (["front-proxy-client.crt", "front-proxy-client.key"], {API: 19}),
    (["apiserver-etcd-client.crt", "apiserver-etcd-client.key"], {}),
    (["etcd/server.crt", "etcd/server.key", "etcd/peer.crt", "etcd/peer.key"], {}),
    (["etcd/healthcheck-client.crt", "etcd/healthcheck-client.key"], {}),
    (["etcd/ca.crt"], {"etcd": None, API: None}),
    (["front-proxy-ca.crt"], {API: 18, MANAGER: None}),
    (["ca.crt"], {"kubelet": None, API: 18, MANAGER: None}),
    (["sa.pub"], {API: None}),
    (["../controller-manager.conf"], {MANAGER: None}),
    (["../scheduler.conf"], {SCHEDULER: None}),
    (["../kubelet.conf"], {"kubelet": None}),
    (["../admin.conf", "../super-admin.conf"], {}),
]


@pytest.mark.parametrize("minor", MINORS)
@pytest.mark.parametrize(("names", "last"), FILES, ids=[names[0] for names, _last in FILES])
def test_who_is_restarted_for_what(
    make_config: MakeConfig, minor: int, names: list[str], last: dict[str, int | None]
) -> None:
    """Breaks when a component keeps an old file that it reads once, or goes down for one that it reads again by itself."""
    paths = [CONF + name[3:] if name.startswith("../") else PKI + name for name in names]
    expected = [component for component, until in last.items() if until is None or minor <= until]
    assert _restarted(make_config(f"1.{minor}.0"), *paths) == expected


def test_the_private_service_account_key(make_config: MakeConfig) -> None:
    """Breaks when a component goes on to sign with an old key; kube-apiserver signs since 1.20."""
    assert _restarted(make_config("1.19.0"), PKI + "sa.key") == [MANAGER]
    assert _restarted(make_config("1.20.0"), PKI + "sa.key") == [API, MANAGER]


@pytest.mark.parametrize(("after", "expected"), [(-10.0, False), (-0.01, False), (0.01, False), (0.1, True)])
def test_the_race_between_writing_and_starting(make_config: MakeConfig, after: float, expected: bool) -> None:
    """Breaks when what was started right after its files is restarted, or what was started right before is not."""
    config = make_config("1.20.0")
    facts = _facts({CONF + "scheduler.conf": STARTED + after})
    assert bool(restart_reasons(control_plane(config), _running(config), facts)) == expected
    assert CLOCK_ERROR < 0.1


def test_the_reason_names_time_and_files(make_config: MakeConfig) -> None:
    """Breaks the plan that an administrator reads before a restart."""
    config = make_config("1.16.0")
    changed = {PKI + "apiserver.crt": 2000.0, PKI + "apiserver.key": 2000.0}
    assert restart_reasons(control_plane(config), _running(config), _facts(changed)) == {
        API: "it runs since 1970-01-01T00:16:40Z with older "
        "/etc/kubernetes/pki/apiserver.crt, /etc/kubernetes/pki/apiserver.key"
    }


def test_what_does_not_run_is_not_restarted(make_config: MakeConfig) -> None:
    """Breaks a first run, where files are new and nothing runs yet."""
    config = make_config("1.16.0")
    facts = FileFacts(lambda _path: 9e9, lambda *_arguments: False, lambda _path: EMBEDDED % CERTIFICATE_DATA)
    assert restart_reasons(control_plane(config), {}, facts) == {}


def test_a_kubelet_that_rotates_its_certificate_is_left_alone(make_config: MakeConfig) -> None:
    """Breaks when the kubelet is restarted because it wrote its own kubeconfig while it joined."""
    assert _restarted(make_config("1.20.0"), CONF + "kubelet.conf", user=ROTATED) == []


def test_the_order_of_restarts(make_config: MakeConfig) -> None:
    """Breaks when the API server goes down before its etcd is back, or pods before the kubelet that starts them again."""
    config = make_config("1.12.0")
    assert _restarted(config, PKI + "ca.crt", PKI + "etcd/ca.crt", CONF + "scheduler.conf") == [
        *("kubelet", "etcd", API, MANAGER, SCHEDULER)
    ]


def test_a_file_that_is_mounted_by_itself(make_config: MakeConfig) -> None:
    """Breaks when a process is left with the file that another has taken the place of: it cannot see the new one."""
    assert _restarted(make_config("1.20.0"), covered=[PKI + "apiserver.crt"]) == [API]


def test_the_files_of_the_users_own_flags(make_config: MakeConfig) -> None:
    """Breaks when a certificate that the user has redirected is not taken up, or kubeadm's own is that nobody reads."""
    config = make_config(
        "1.16.0",
        apiserver_extra_args={"tls-cert-file": "/certs/api.crt", "tls-sni-cert-key": "/a.crt,/a.key:x.example.com"},
        apiserver_extra_volumes=[{"name": "certs", "hostPath": "/srv/certs", "mountPath": "/certs", "readOnly": True}],
    )
    assert _restarted(config, PKI + "apiserver.crt") == []
    assert _restarted(config, "/srv/certs/api.crt") == [API]
    assert _restarted(config, "/a.key") == [API]


# A flag that names a file, and the last minor that has to be restarted for it (None: all of them).
SETTINGS: dict[str, dict[str, int | None]] = {
    API: {
        "audit-policy-file": None,
        "encryption-provider-config": None,
        "admission-control-config-file": None,
        "token-auth-file": None,
        "oidc-ca-file": None,
        "authentication-config": 29,
        "authorization-config": 29,
    },
    MANAGER: {"cloud-config": None, "cluster-signing-kubelet-serving-cert-file": 11},
    SCHEDULER: {"config": None, "policy-config-file": None},
    "etcd": {"config-file": None, "client-crl-file": 11},
}


@pytest.mark.parametrize("minor", [FIRST_MINOR, 20, 29, 30, LAST_MINOR])
@pytest.mark.parametrize(
    ("component", "flag"), [(component, flag) for component, flags in SETTINGS.items() for flag in flags]
)
def test_the_files_of_settings(make_config: MakeConfig, minor: int, component: str, flag: str) -> None:
    """Breaks a changed policy or key of the user's own: the process goes on with the one that it was started with."""
    config, last = make_config(f"1.{minor}.0"), SETTINGS[component][flag]
    running = {component: Process(7, (component, f"--{flag}=/srv/file"), STARTED)}
    found = restart_reasons(control_plane(config), running, _facts({"/srv/file": STARTED + 5}))
    assert list(found) == ([component] if last is None or minor <= last else [])


@pytest.mark.parametrize(
    ("more", "restarted"),
    [
        ((), True),
        (("--encryption-provider-config-automatic-reload",), False),
        (("--encryption-provider-config-automatic-reload=true",), False),
        (("--encryption-provider-config-automatic-reload=false",), True),
    ],
)
def test_a_file_that_is_read_again_as_another_flag_says(
    make_config: MakeConfig, more: tuple[str, ...], restarted: bool
) -> None:
    """Breaks a new key of the encryption at rest, or restarts an API server that takes it up by itself."""
    running = {API: Process(7, (API, "--encryption-provider-config=/srv/keys.yaml", *more), STARTED)}
    facts = _facts({"/srv/keys.yaml": STARTED + 5})
    assert bool(restart_reasons(control_plane(make_config("1.37.0")), running, facts)) is restarted


def test_the_files_of_a_patch_and_of_an_admission_plugin(make_config: MakeConfig) -> None:
    """Breaks a file below a volume of a patch, which only the manifest names, and one that another file names."""
    manifest = (
        "spec:\n  containers:\n  - name: kube-apiserver\n    volumeMounts:\n    - mountPath: /admission\n      name: a\n"
        "    - mountPath: /etc/ssl/certs\n      name: b\n"
        "  volumes:\n  - hostPath:\n      path: /srv/admission\n    name: a\n"
        "  - hostPath:\n      path: /etc/ssl/certs\n    name: b\n"
    )
    texts = {
        CONF + "manifests/kube-apiserver.yaml": manifest,
        "/srv/admission/all.yaml": "plugins:\n- name: EventRateLimit\n  path: limits.yaml\n",
    }
    running = {API: Process(7, (API, "--admission-control-config-file=/admission/all.yaml"), STARTED)}
    described = control_plane(make_config("1.37.0"))
    for path in ("/srv/admission/all.yaml", "/srv/admission/limits.yaml", "/etc/ssl/certs/ca-certificates.crt"):
        found = restart_reasons(described, running, _facts({path: STARTED + 5}, texts=texts))
        assert found == {API: f"it runs since 1970-01-01T00:16:40Z with older {path}"}
    assert restart_reasons(described, running, _facts({"/admission/all.yaml": STARTED + 5}, texts=texts)) == {}


def test_what_the_kubelet_is_set_up_by(make_config: MakeConfig) -> None:
    """Breaks a setting of the kubelet that was written while it ran, by a person or by a run that was cut off."""
    running = {"kubelet": Process(7, ("kubelet", "--config=/var/lib/kubelet/config.yaml"), STARTED)}
    pair = control_plane(make_config("1.20.0"))._replace(kubelet_once=["/srv/kubelet.crt"])
    assert list(restart_reasons(pair, running, _facts({"/srv/kubelet.crt": STARTED + 5}))) == ["kubelet"]
    for path in ("/var/lib/kubelet/config.yaml", "/var/lib/kubelet/kubeadm-flags.env", "/etc/default/kubelet"):
        facts = _facts({path: STARTED + 5})
        assert list(restart_reasons(control_plane(make_config("1.37.0")), running, facts)) == ["kubelet"]


def test_host_path(make_config: MakeConfig) -> None:
    """Breaks when the file of a user's volume is looked for where the container sees it, or a volume catches its neighbour's."""
    volumes = [
        {"name": "a", "hostPath": "/srv/a/", "mountPath": "/certs"},
        {"name": "b", "hostPath": "/srv/b.crt", "mountPath": "/certs/b.crt"},
    ]
    components = control_plane(make_config("1.20.0", apiserver_extra_volumes=volumes)).components
    assert host_path(components[API], "/certs/b.crt") == "/srv/b.crt"
    assert host_path(components[API], "/certs/c.crt") == "/srv/a/c.crt"
    assert host_path(components[API], "/certs2/c.crt") == "/certs2/c.crt"
    assert host_path(components[MANAGER], "/certs/c.crt") == "/certs/c.crt"
    assert host_path(components["etcd"], "/certs/c.crt") == "/certs/c.crt"
    assert host_path(None, "/certs/c.crt") == "/certs/c.crt"


def test_flag_values() -> None:
    """Breaks the flags as users and patches may write them."""
    command = ["kube-apiserver", "--a=1", "-b", "2", "--a=3=4", "--c_d=5", "--on", "--e=", "word"]
    assert flag_values(command) == {"a": ["1", "3=4"], "b": ["2"], "c-d": ["5"], "on": [""], "e": [""]}


def test_a_process_with_a_flag_twice(make_config: MakeConfig) -> None:
    """Breaks when the flag that another has overruled counts, or only one of several keys that all count does."""
    config = make_config("1.16.0")
    command = (API, "--tls-cert-file=/1", "--tls-cert-file=/2", *(f"--service-account-key-file=/{n}" for n in "34"))
    running = {API: Process(7, command, STARTED)}
    restarted = [bool(restart_reasons(control_plane(config), running, _facts({f"/{n}": STARTED + 5}))) for n in "1234"]
    assert restarted == [False, True, True, True]


def test_files_that_are_going_to_be_written(make_config: MakeConfig) -> None:
    """Breaks the plan: the files are not written yet, and the restarts that they will bring are missing."""
    config = make_config("1.16.0")
    planned = {PKI + "apiserver.crt", PKI + "etcd/server.crt", CONF + "kubelet.conf"}
    facts = _facts({}, user=ROTATED)
    assert list(restart_reasons(control_plane(config), _running(config), facts, planned)) == ["kubelet", API]
