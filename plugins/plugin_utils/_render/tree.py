# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Everything that init would write for a host, as a tree of files: what playbooks/render.yml lays down."""

from __future__ import annotations

import base64
import datetime
import json
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._api import bootstrap_token
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.redact import without_credentials
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig_text import KUBECONFIG_MODE
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.images import images
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.proxy_credentials import (
    proxy_credentials,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._documents import (
    bootstrap_token as tokens_declared,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._documents.cluster_info import cluster_info
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._documents.kube_proxy import (
    kube_proxy_configuration,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._documents.kubeadm_cluster import (
    cluster_configuration,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._documents.kubeadm_init import init_configuration
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._documents.kubelet import kubelet_configuration
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import (
    phase_files,
    phase_objects,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.declared import host_kubeconfigs
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.folder import certificate_files
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._templates.render import to_yaml
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._workflow.phases import that_write

Values = dict[str, t.Any]

FILES, OBJECTS = "files", "objects"
_WITHHELD = "<value withheld>"


class TreeFile(t.NamedTuple):
    """A file of the tree. path: below the host's folder. secret: whether its text must not be shown."""

    path: str
    content: str
    mode: int
    secret: bool = False


class Secrets(t.NamedTuple):
    """What a tree with secrets is made of. ca_pem: the CA. tokens: the Secrets of bootstrap tokens of an earlier tree."""

    ca_pem: bytes
    tokens: list[Values]


def secret_paths(config: Config) -> list[tuple[str, int]]:
    """The certificates, keys and kubeconfigs of the host with their modes: what is only written when it is asked for."""
    found = []
    if "certs" not in config.skipped_phases:
        found += [(f"{config.certificates_dir}/{path}", mode) for path, mode in certificate_files(config)]
    if "kubeconfig" not in config.skipped_phases:
        found += [(item.path, KUBECONFIG_MODE) for item in host_kubeconfigs(config)]
    return found


def _token_secrets(tokens: t.Sequence[Values], secrets: Secrets | None, now: datetime.datetime) -> list[Values]:
    named = [token for token in tokens if token.get("token")]
    manifests = [bootstrap_token.token_secret(tokens_declared.settings(token), now) for token in named]
    if secrets is not None:
        earlier = {item["metadata"]["name"]: item for item in secrets.tokens}
        manifests = [bootstrap_token.keep_expiration(item, earlier.get(item["metadata"]["name"])) for item in manifests]
        if not any(tokens_declared.can_join(token) for token in named):
            kept = bootstrap_token.usable_token(secrets.tokens, now)
            if kept is not None:
                return [*manifests, earlier["bootstrap-token-" + kept.split(".")[0]]]
            settings = next((token for token in tokens if not token.get("token")), None)
            random = bootstrap_token.random_token(tokens_declared.random_settings(settings))
            manifests.append(bootstrap_token.token_secret(random, now))
        return manifests
    withheld = base64.b64encode(_WITHHELD.encode("ascii")).decode("ascii")
    for manifest in manifests:
        manifest["data"]["token-secret"] = withheld
        # The end of a token counts from when it is made.
        manifest["data"].pop("expiration", None)
    return manifests


def objects(
    config: Config, tokens: t.Sequence[Values], secrets: Secrets | None, now: datetime.datetime
) -> list[Values]:
    """The API objects in the order of their creation."""
    found = []
    for phase in that_write("objects"):
        if phase in config.skipped_phases:
            continue
        if phase == "bootstrap_token":
            found += _token_secrets(tokens, secrets, now)
        found += [item.manifest for item in phase_objects(phase, config)]
        if phase == "bootstrap_token":
            found.append(cluster_info(config, secrets.ca_pem if secrets is not None else b""))
    return found


def object_path(index: int, manifest: Values) -> str:
    """C(objects/NNN-<kind>-<namespace>-<name>.yaml); an object of no namespace has no such part."""
    metadata = manifest["metadata"]
    parts = [manifest["kind"], metadata.get("namespace"), metadata["name"]]
    return "%s/%03d-%s.yaml" % (OBJECTS, index, "-".join(part for part in parts if part))


def config_documents(config: Config, tokens: t.Sequence[Values]) -> str:
    """The resolved configuration as kubeadm's own documents, in the API version of the minor."""
    documents = [
        init_configuration(config, tokens),
        cluster_configuration(config),
        kubelet_configuration(config, uploaded=True),
        kube_proxy_configuration(config),
    ]
    return "---\n".join(to_yaml(document) for document in documents)


def tree(config: Config, tokens: t.Sequence[Values], secrets: Secrets | None, now: datetime.datetime) -> list[TreeFile]:
    """Every file of the tree but the certificates, keys and kubeconfigs, which are made in place.

    tokens: the declared bootstrap tokens. secrets: None for a tree without secrets.
    """
    found = []
    listed = []
    for phase in that_write("files"):
        if phase in config.skipped_phases:
            continue
        for file in phase_files(phase, config):
            found.append(TreeFile(FILES + file.path, file.content, file.mode))
            listed.append((file.path, file.mode, True))
    listed += [(path, mode, secrets is not None) for path, mode in secret_paths(config)]
    index = [
        {"mode": f"{mode:04o}", "owner": "root:root", "path": path, "rendered": rendered}
        for path, mode, rendered in sorted(listed)
    ]
    manifests = objects(config, tokens, secrets, now)
    for number, manifest in enumerate(manifests, 1):
        secret = manifest["kind"] == "Secret" and secrets is not None
        mode = 0o600 if secret else 0o644
        found.append(TreeFile(object_path(number, manifest), to_yaml(manifest), mode, secret))
    shown = [token for token in tokens if token.get("token")] if secrets is not None else []
    documents = config_documents(config, shown)
    found += [
        TreeFile("files.json", json.dumps(index, indent=2, sort_keys=True) + "\n", 0o644),
        TreeFile("images.txt", "".join(f"{image}\n" for image in images(config)), 0o644),
        TreeFile("config.yaml", documents, 0o600 if shown else 0o644, bool(shown)),
    ]
    credentials = proxy_credentials(config)
    return [
        file._replace(mode=0o600) if without_credentials(file.content, credentials) != file.content else file
        for file in found
    ]


__all__ = (
    "FILES",
    "OBJECTS",
    "Secrets",
    "TreeFile",
    "config_documents",
    "object_path",
    "objects",
    "secret_paths",
    "tree",
)
