# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Which components of the control plane have to be restarted, because they run with older files than there are.

What a process reads, its own flags say; what it reads again by itself, the release table says.
"""

from __future__ import annotations

import time
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import KUBERNETES_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.files import LOOSE
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.processes import CLOCK_ERROR, Process
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig_text import read_kubeconfig
from ansible_collections.kubewright.control_plane.plugins.module_utils._release.feature import Feature
from ansible_collections.kubewright.control_plane.plugins.module_utils._release.features import Features

# In the order in which they are restarted: the kubelet has to be well to start the others again, and each of them needs
# those before it.
COMPONENTS = ("kubelet", "etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
_SECTIONS = {
    "kube-apiserver": "apiServer",
    "kube-controller-manager": "controllerManager",
    "kube-scheduler": "scheduler",
}

# Whether a file that a flag names is read again by itself: a feature of the release table, or the same for every minor.
Reload = t.Union[Feature[bool], bool]
_SERVING: dict[str, Reload] = dict.fromkeys(
    ("tls-cert-file", "tls-private-key-file", "tls-sni-cert-key"), Features.reloads_serving_certificate
)
_CLIENT: dict[str, Reload] = {
    **dict.fromkeys(("kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig"), False),
    # Dynamic since 1.17 in what all components share, but not shown to work in these two before a fix of 1.19; and the
    # controller manager reads the same CA as its root CA, once.
    **dict.fromkeys(("client-ca-file", "requestheader-client-ca-file"), False),
}
_FLAGS: t.Mapping[str, t.Mapping[str, Reload]] = {
    # etcd 3.2 and later (kubeadm 1.12 has 3.2.24) reads its pairs at every handshake, its CAs only once.
    "etcd": {
        **dict.fromkeys(("cert-file", "key-file", "peer-cert-file", "peer-key-file"), True),
        **dict.fromkeys(("trusted-ca-file", "peer-trusted-ca-file"), False),
    },
    "kube-apiserver": {
        **_SERVING,
        **dict.fromkeys(("client-ca-file", "requestheader-client-ca-file"), Features.reloads_client_ca),
        **dict.fromkeys(
            ("kubelet-client-certificate", "kubelet-client-key"), Features.reloads_kubelet_client_certificate
        ),
        **dict.fromkeys(("proxy-client-cert-file", "proxy-client-key-file"), Features.reloads_proxy_client_certificate),
        # By etcd's own client library, which reads them as etcd reads its own.
        **dict.fromkeys(("etcd-certfile", "etcd-keyfile"), True),
        **dict.fromkeys(("etcd-cafile", "kubelet-certificate-authority"), False),
        **dict.fromkeys(("service-account-key-file", "service-account-signing-key-file"), False),
    },
    "kube-controller-manager": {
        **_SERVING,
        **_CLIENT,
        **dict.fromkeys(("root-ca-file", "service-account-private-key-file"), False),
        # Read again since 1.18; but its CA is the root CA, which is read once.
        **dict.fromkeys(("cluster-signing-cert-file", "cluster-signing-key-file"), False),
    },
    "kube-scheduler": {**_SERVING, **_CLIENT},
}


class NamedFile(t.NamedTuple):
    """A file that a component reads. path: where the component sees it. host_path: where it lies on the host."""

    path: str
    host_path: str
    reloaded: bool


class FileFacts(t.NamedTuple):
    """What is known of the host's files.

    changed_at: when a file was changed, in seconds since the epoch, or None where that is not known. is_covered: whether a
    process, by its id, sees another file at a path than lies on the host (its path, the host's). text: what is in a file.
    """

    changed_at: t.Callable[[str], float | None]
    is_covered: t.Callable[[int, str, str], bool]
    text: t.Callable[[str], str]


def flag_values(arguments: t.Sequence[str]) -> dict[str, list[str]]:
    """The values of a process's flags in their order, by the flag's name without dashes before it."""
    values: dict[str, list[str]] = {}
    rest = list(arguments[1:])
    while rest:
        argument = rest.pop(0)
        if not argument.startswith("-"):
            continue
        name, equals, value = argument.lstrip("-").partition("=")
        if not equals and rest and not rest[0].startswith("-"):
            value = rest.pop(0)
        # The components take underscores for dashes.
        values.setdefault(name.replace("_", "-"), []).append(value)
    return values


def host_path(config: Config, component: str, path: str) -> str:
    """Where a file that a component sees lies on the host: at the same path, but for the user's own volumes."""
    section = _SECTIONS.get(component)
    volumes = (config.component(section).get("extraVolumes") or []) if section else []
    for volume in sorted(volumes, key=lambda item: len(item["mountPath"]), reverse=True):
        mount = str(volume["mountPath"]).rstrip("/")
        if path == mount or path.startswith(mount + "/"):
            return str(volume["hostPath"]).rstrip("/") + path[len(mount) :]
    return path


def named_files(config: Config, component: str, arguments: t.Sequence[str]) -> list[NamedFile]:
    """The certificates, keys and kubeconfigs that a component reads, by its flags."""
    found: dict[str, NamedFile] = {}
    given = flag_values(arguments)
    for flag, reload in _FLAGS[component].items():
        reloaded = reload if isinstance(reload, bool) else config.release.value_of(reload)
        paths = given.get(flag, [])
        if flag == "tls-sni-cert-key":
            # CERTIFICATE,KEY or CERTIFICATE,KEY:NAMES
            paths = [path for value in paths for path in value.split(":")[0].split(",")]
        elif flag != "service-account-key-file":
            paths = paths[-1:]
        for path in paths:
            if path:
                known = found.get(path)
                at_once = reloaded and (known is None or known.reloaded)
                found[path] = NamedFile(path, host_path(config, component, path), at_once)
    return list(found.values())


def _embeds_certificate(text: str) -> bool:
    try:
        return "client-certificate-data" in read_kubeconfig(text).user
    except KubewrightError:
        return False


def kubelet_files(
    config: Config, arguments: t.Sequence[str], text: t.Callable[[str], str], planned: t.Collection[str] = ()
) -> list[NamedFile]:
    """What the kubelet reads once: its kubeconfig, and the CA of its clients.

    A kubeconfig that refers to the certificate which the kubelet rotates is the kubelet's own to write.
    """
    given = flag_values(arguments)
    kubeconfig = given.get("kubeconfig", [KUBERNETES_DIR + "/kubelet.conf"])[-1]
    x509 = (config.kubelet.get("authentication") or {}).get("x509") or {}
    paths = [x509.get("clientCAFile") or config.certificates_dir + "/ca.crt"]
    if kubeconfig in planned or _embeds_certificate(text(kubeconfig)):
        paths.insert(0, kubeconfig)
    return [NamedFile(path, path, False) for path in paths]


def planned_files(config: Config, reasons: t.Mapping[str, str]) -> set[str]:
    """The paths of the files that are written anew, by the reasons that pki_generate and kubeconfig_write give."""
    found = set()
    for name, reason in reasons.items():
        if reason != LOOSE:
            base = name if name.startswith("/") else f"{config.certificates_dir}/{name}"
            found.update([base] if name.startswith("/") else [base + end for end in (".crt", ".key", ".pub")])
    return found


def _moment(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def restart_reasons(
    config: Config, running: t.Mapping[str, Process], facts: FileFacts, planned: t.Collection[str] = ()
) -> dict[str, str]:
    """Why components have to be restarted, in the order in which that is done; those that need not are not in it.

    running: the process of each component that runs. planned: files that will be changed before, in check mode.
    """
    reasons = {}
    for component in COMPONENTS:
        process = running.get(component)
        if process is None:
            continue
        files = (
            kubelet_files(config, process.arguments, facts.text, planned)
            if component == "kubelet"
            else named_files(config, component, process.arguments)
        )
        newer = [item.host_path for item in files if _is_needed(item, process, facts, planned)]
        if newer:
            reasons[component] = f"it runs since {_moment(process.started)} with older {', '.join(newer)}"
    return reasons


def _is_needed(item: NamedFile, process: Process, facts: FileFacts, planned: t.Collection[str]) -> bool:
    changed_at = facts.changed_at(item.host_path)
    if not item.reloaded:
        if item.host_path in planned:
            return True
        if changed_at is not None and process.started < changed_at - CLOCK_ERROR:
            return True
    # A file that is mounted by itself stays the old one for the process when another takes its place on the host.
    return changed_at is not None and facts.is_covered(process.pid, item.path, item.host_path)


__all__ = (
    "COMPONENTS",
    "FileFacts",
    "NamedFile",
    "flag_values",
    "host_path",
    "kubelet_files",
    "named_files",
    "planned_files",
    "restart_reasons",
)
