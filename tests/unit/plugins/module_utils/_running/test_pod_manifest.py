# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a component gets of the host's files, by its manifest."""

from __future__ import annotations

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._running.pod_manifest import (
    NOWHERE,
    pod_manifest,
)

MANIFEST = """\
apiVersion: v1
kind: Pod
spec:
  containers:
  - name: other
    volumeMounts:
    - mountPath: /other
      name: certs
  - env:
    - name: SSL_CERT_FILE
      value: /certs/all.pem
    - name: POD
      valueFrom: {}
    name: kube-apiserver
    volumeMounts:
    - mountPath: /certs
      name: certs
    - mountPath: /scratch
      name: scratch
  volumes:
  - hostPath:
      path: /srv/certs
    name: certs
  - emptyDir: {}
    name: scratch
"""


def test_what_a_component_is_given() -> None:
    """Breaks the files of a patch's volumes, which are looked for where only the component sees them."""
    found = pod_manifest(MANIFEST, "kube-apiserver")
    assert found == ([("/certs", "/srv/certs"), ("/scratch", NOWHERE)], {"SSL_CERT_FILE": "/certs/all.pem"})


def test_a_part_of_a_volume() -> None:
    """Breaks each run: a file that is mounted by itself is taken for its folder, so that the component is restarted for ever."""
    part = MANIFEST.replace("    - mountPath: /certs\n", "    - mountPath: /certs\n      subPath: a/policy.yaml\n")
    found = pod_manifest(part, "kube-apiserver")
    assert found is not None
    assert found.volumes[0] == ("/certs", "/srv/certs/a/policy.yaml")
    expression = pod_manifest(part.replace("subPath:", "subPathExpr:"), "kube-apiserver")
    assert expression is not None
    assert expression.volumes[0] == ("/certs", NOWHERE)


@pytest.mark.parametrize(
    "text", ["", "{", "a: &b c", "- 1", "spec: 1", "spec: {}", "spec:\n  containers: 1", MANIFEST.replace("kube-", "")]
)
def test_what_is_no_manifest(text: str) -> None:
    """Breaks a run on a host whose manifest somebody has damaged: that is the phase's to mend."""
    assert pod_manifest(text, "kube-apiserver") is None
