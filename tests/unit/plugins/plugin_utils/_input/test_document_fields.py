# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one table of kubeadm's fields: each version reads each field once, and what follows it lies at the same place."""

from __future__ import annotations

import collections
import itertools

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input import targets
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.document_fields import (
    API_VERSIONS,
    CLUSTER,
    FIELDS,
    INIT,
    elsewhere,
    fields,
)

ALL = [(kind, api) for kind in (INIT, CLUSTER) for api in API_VERSIONS]


@pytest.mark.parametrize(("kind", "api"), ALL)
def test_a_version_has_a_field_once(kind: str, api: str) -> None:
    """Breaks a document: of two rows for the same field and version one would never be looked at."""
    paths = [field.path for field in FIELDS if field.kind == kind and api in field.versions()]
    assert [path for path, count in collections.Counter(paths).items() if count > 1] == []
    assert sorted(fields(kind, api)) == sorted(paths)


@pytest.mark.parametrize(("kind", "api"), ALL)
def test_no_field_lies_within_another(kind: str, api: str) -> None:
    """Breaks a document: a value would be read twice, or a mapping refused that has fields of its own."""
    paths = sorted(fields(kind, api))
    assert [pair for pair in itertools.permutations(paths, 2) if pair[1].startswith(pair[0] + ".")] == []


def test_a_target_is_filled_once_in_a_version() -> None:
    """Breaks a document in which two fields would overwrite each other."""
    for api in API_VERSIONS:
        found = [field.target for kind in (INIT, CLUSTER) for field in fields(kind, api).values() if field.target]
        assert [target for target, count in collections.Counter(found).items() if count > 1] == []


def test_what_followed_a_field_lies_where_it_did() -> None:
    """Breaks upgrades: the same setting of an older document would resolve to something else, or get lost."""
    for old, new in (
        ((INIT, "apiEndpoint.bindPort"), (INIT, "localAPIEndpoint.bindPort")),
        ((INIT, "apiEndpoint.advertiseAddress"), (INIT, "localAPIEndpoint.advertiseAddress")),
        ((CLUSTER, "apiServerCertSANs"), (CLUSTER, "apiServer.certSANs")),
        ((CLUSTER, "schedulerExtraArgs"), (CLUSTER, "scheduler.extraArgs")),
    ):
        first, second = fields(old[0], "v1alpha3")[old[1]], fields(new[0], "v1beta1")[new[1]]
        assert first.target is not None
        assert first.target == second.target
    image = fields(CLUSTER, "v1alpha3")["etcd.local.image"]
    assert image.spread is not None
    assert dict(image.spread({"repository": "r.example/etcd", "tag": "3.2"})) == {
        targets.ETCD_IMAGE_REPOSITORY: "r.example/etcd",
        targets.ETCD_IMAGE_TAG: "3.2",
    }


@pytest.mark.parametrize(
    ("kind", "path", "words"),
    [
        (CLUSTER, "apiServerCertSANs", " It is a field of v1alpha3."),
        (CLUSTER, "apiServer.certSANs", " It is a field of v1beta1 to v1beta4."),
        (CLUSTER, "nodeRegistration.name", " It belongs to InitConfiguration."),
        (INIT, "clusterName", " It belongs to ClusterConfiguration."),
        (INIT, "nonsense", ""),
    ],
)
def test_where_a_field_is_at_home(kind: str, path: str, words: str) -> None:
    """Breaks the help for a field of another version or document."""
    assert elsewhere(kind, path) == words
