# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The text of kubelet.conf that refers to another certificate."""

from __future__ import annotations

import base64

import yaml

from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubelet_conf import Reference, referring

WANTED = Reference("/pki/kubelet-client-current.pem", "kubernetes", "system:node:cp1", True)
SERVER, CA = "https://192.0.2.10:6443", base64.b64encode(b"a CA").decode()


def test_it_refers_to_the_certificate() -> None:
    """Breaks every node after a year: the embedded certificate ends, and nobody renews it."""
    found = referring(SERVER, CA, None, WANTED)
    assert found is not None
    document = yaml.safe_load(found.text)
    assert document["clusters"][0]["cluster"] == {"certificate-authority-data": CA, "server": SERVER}
    assert document["users"][0]["user"] == dict.fromkeys(("client-certificate", "client-key"), WANTED.certificate)
    assert (found.before, found.after) == (
        "client certificate: embedded\n",
        f"client certificate: {WANTED.certificate}\n",
    )


def test_what_is_left_as_it_is() -> None:
    """Breaks idempotence, or a kubelet.conf of somebody's own, which names its CA by a path."""
    assert referring(SERVER, CA, WANTED.certificate, WANTED) is None
    assert referring(SERVER, None, None, WANTED) is None
    assert referring(SERVER, "not base64", None, WANTED) is None
