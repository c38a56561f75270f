# SPDX-License-Identifier: GPL-3.0-or-later
"""The readers of foreign data: each takes bytes, and may only refuse them in the way that its callers expect."""

from __future__ import annotations

import contextlib
import datetime
import typing as t

import yaml

from ansible_collections.kubewright.control_plane.plugins.module_utils._base import exchange, values, yaml_reader
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.printable import line, printable
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.redact import redacted
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import processes
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import kubeconfig_text, pem, x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import manifests
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import processes as owners
from ansible_collections.kubewright.control_plane.plugins.module_utils._running import handshake, served
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import grpc, hpack
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input import quantity
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.input import no_file, read_input
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.variables import VARIABLES
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._patches.decode import decoded
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._patches.patches import patched, read_patches
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import mount_faults
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.api_types import ROOTS, types_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._render.tree import tree
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.offline_facts import offline_facts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.resolve import bootstrap_tokens, resolve
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._templates.render import plain

NAMES = sorted(VARIABLES)
NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
POD: dict[str, t.Any] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "etcd", "namespace": "kube-system"},
    "spec": {"containers": [{"name": "etcd", "image": "x", "command": ["etcd"]}]},
}


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _followed(given: dict[str, t.Any]) -> None:
    """To the end: what is taken is resolved and rendered."""
    known = {"kubewright_kubernetes_version": "v1.36.0", **given}
    read = read_input(known, no_file)
    facts = offline_facts({"inventory_hostname": "cp1", "ansible_host": "192.0.2.10"}, {})
    with contextlib.suppress(KubewrightError):
        config = Config(plain(resolve(read, facts)))
        mount_faults(config, str)
        tree(config, bootstrap_tokens(read), None, NOW)


def documents(data: bytes) -> None:
    """kubeadm's documents, as the text of a variable."""
    _followed({"kubewright_kubeadm_config": _text(data)})


def variables(data: bytes) -> None:
    """Any variable with any value that Ansible can read; the first byte says which."""
    name = NAMES[data[0] % len(NAMES)] if data else NAMES[0]
    try:
        # By libyaml, as Ansible reads its files: PyYAML's own scanner needs seconds for what is nested deeply.
        value = yaml.load(_text(data[1:]), yaml.CSafeLoader)
    except (yaml.YAMLError, IndexError, KeyError, ValueError, RecursionError):
        value = _text(data[1:])
    _followed({name: value})


def patches(data: bytes) -> None:
    """A file of the patches folder, of each type, on a Pod."""
    for name in ("etcd.yaml", "etcd+merge.yaml", "etcd+json.yaml"):
        found = read_patches("v", "p", ["etcd"], lambda _path, name=name: {name: _text(data)})  # type: ignore[misc]
        with contextlib.suppress(KubewrightError):
            patched(POD, "etcd", found.patches, lambda value: decoded(types_of(36), ROOTS["Pod"], "", value))


def certificates(data: bytes) -> None:
    """Certificates and keys."""
    list(pem.blocks(data))
    served.first_certificate(data)
    for load in (x509.load_certificate, x509.load_key, x509.load_public_key):
        with contextlib.suppress(KubewrightError):
            load(data)


def kubeconfigs(data: bytes) -> None:
    """A kubeconfig on a host."""
    with contextlib.suppress(KubewrightError):
        contents = kubeconfig_text.read_kubeconfig(_text(data))
        kubeconfig_text.decode_data(contents.ca_data)
        kubeconfig_text.holds_more(_text(data))


def host_manifests(data: bytes) -> None:
    """A manifest on a host."""
    manifests.read_manifest(_text(data))
    values.meaning("/x.yaml", _text(data))
    with contextlib.suppress(yaml_reader.Unreadable):
        yaml_reader.read_yaml(_text(data))


def proc(data: bytes) -> None:
    """What processes say of themselves in /proc."""
    text = _text(data)
    mounted = processes.mounts(text)
    at = processes.place("/var/lib/kubelet", mounted)
    if at is not None:
        processes.static_pod_container(mounted, at)
    processes.is_service(text, "x.service", text)
    processes.is_roots(text)
    owners.unit_of(text)


def runtimes(data: bytes) -> None:
    """Replies of a container runtime."""
    with contextlib.suppress(grpc.CallFailed):
        grpc.fields(data)
    with contextlib.suppress(hpack.Unreadable):
        hpack.decode(data)


def servers(data: bytes) -> None:
    """Replies of servers, over HTTP and TLS."""
    with contextlib.suppress(exchange.NotJson):
        exchange.json_object(data)
    handshake.certificate_message(data)


def texts(data: bytes) -> None:
    """Texts of others that are shown."""
    text = _text(data)
    assert printable(text, ()).isprintable()
    assert line(text).isprintable()
    redacted(text)
    with contextlib.suppress(KubewrightError):
        quantity.parse(text)


TARGETS: dict[str, t.Callable[[bytes], None]] = {
    function.__name__: function
    for function in (
        documents,
        variables,
        patches,
        certificates,
        kubeconfigs,
        host_manifests,
        proc,
        runtimes,
        servers,
        texts,
    )
}
