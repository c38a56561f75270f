# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that no flag names, and that are read once all the same."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._running.read_once import (
    admission_files,
    kubelet_settings,
    trusted_cas,
)

API = "kube-apiserver"
DEBIAN, FEDORA = "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"


def _in(*folders: str) -> t.Callable[[str], bool]:
    return lambda path: path.startswith(folders)


@pytest.mark.parametrize(
    ("component", "environment", "mounted", "there", "expected"),
    [
        (API, {}, _in("/etc/ssl/certs/"), _in("/"), [DEBIAN]),
        ("kube-controller-manager", {}, _in("/etc/ssl/certs/", "/etc/pki/"), _in("/etc/pki/"), [FEDORA]),
        # The image has its own.
        (API, {}, _in("/srv/"), _in("/"), []),
        (API, {}, _in("/etc/ssl/certs/"), _in("/srv/"), []),
        (API, {"SSL_CERT_FILE": "/srv/all.pem"}, _in("/srv/", "/etc/"), _in("/"), ["/srv/all.pem"]),
        (API, {"SSL_CERT_FILE": ""}, _in("/etc/"), _in("/"), [DEBIAN]),
        # It calls nobody by them.
        ("kube-scheduler", {}, _in("/"), _in("/"), []),
        ("etcd", {}, _in("/"), _in("/"), []),
    ],
)
def test_the_cas_that_a_system_trusts(
    component: str,
    environment: dict[str, str],
    mounted: t.Callable[[str], bool],
    there: t.Callable[[str], bool],
    expected: list[str],
) -> None:
    """Breaks a webhook of a company's own CA: the API server goes on with the CAs of its start; or it goes down for nothing."""
    assert trusted_cas(component, environment, mounted, there) == expected


def test_the_files_of_admission_plugins() -> None:
    """Breaks a changed limit or webhook of an admission plugin, which has a file of its own."""
    text = (
        "apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins:\n- name: EventRateLimit\n"
        "  path: limits.yaml\n- name: ImagePolicyWebhook\n  path: /srv/webhook.yaml\n- name: PodSecurity\n  configuration:\n    a: b\n"
    )
    assert admission_files("/etc/kubernetes/admission/all.yaml", text) == [
        "/etc/kubernetes/admission/limits.yaml",
        "/srv/webhook.yaml",
    ]


@pytest.mark.parametrize(
    "text", ["", "{", "plugins: 1", "plugins:\n- 1", "plugins:\n- path: 1", "plugins:\n- path: ''"]
)
def test_an_admission_configuration_that_names_nothing(text: str) -> None:
    """Breaks the run where a file is damaged or has none of these fields."""
    assert admission_files("/a.yaml", text) == []


def test_what_the_kubelet_is_set_up_by() -> None:
    """Breaks a setting that somebody has written without a restart of the kubelet."""
    given = {"config": ["/old", "/var/lib/kubelet/config.yaml"], "config-dir": [""], "kubeconfig": ["/k"]}
    assert kubelet_settings(given) == [
        "/var/lib/kubelet/config.yaml",
        "/var/lib/kubelet/kubeadm-flags.env",
        "/etc/default/kubelet",
        "/etc/sysconfig/kubelet",
    ]
