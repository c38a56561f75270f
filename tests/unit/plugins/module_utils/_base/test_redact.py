# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must not be shown of a text."""

from __future__ import annotations

import time

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.redact import credentials_in, redacted


@pytest.mark.parametrize(
    "credentials",
    ["user:secret", "user:se:cret", "user:s%40cret", "user:p@secret", "secret", "user:"],
)
def test_passwords_of_urls_are_not_shown(credentials: str) -> None:
    """Breaks when a proxy's password or token reaches the output by way of a manifest's diff."""
    text = redacted("value: http://%s@proxy.example:3128/x\nother: a@b\n" % credentials)
    assert "cret" not in text
    assert "@proxy.example:3128/x\nother: a@b\n" in text


def test_urls_without_credentials_stay() -> None:
    """Breaks the diff of etcd's URLs."""
    text = "- --etcd-servers=https://192.0.2.1:2379,https://[::1]:2379\nmail: a@b\n"
    assert redacted(text) == text


def test_hostile_texts_end() -> None:
    """Breaks a run when a server's words take time by the square of their length: 40 kB took 12 s."""
    start = time.process_time()
    redacted("://a:" * 200_000)
    assert time.process_time() - start < 5


@pytest.mark.parametrize("text", ["https://registry:5000/v2/pause@sha256:abc", "https://host/a@b", "http://h", "a@b"])
def test_what_is_no_password_stays(text: str) -> None:
    """Breaks a registry's error, whose reader has to know which image is meant."""
    assert redacted(text) == text


def test_proxies_in_a_manifest() -> None:
    """Breaks the secrecy of passwords in files that were written before; other variables have no password."""
    text = "- name: HTTP_PROXY\n  value: a:b@c\n- name: 'no_proxy'\n  value: x\n- name: MAIL\n  value: d:e@f\n"
    assert credentials_in(text) == {"a:b"}
    assert credentials_in('name: https_proxy\nvalue: "http://u\\xE9\\U0001F600:p\\"w@h"\n') == {'u\u00e9\U0001f600:p"w'}
    assert credentials_in('name: https_proxy\nvalue: "u:\\q@h"\n') == {"u:\\q"}
    assert credentials_in("name: x\n") == set()
    inner = 'data: "extraEnvs:\\n- name: HTTP_PROXY\\n  value: \\"u:\\\\xE9@h\\"\\n"\n'
    assert credentials_in(inner) == {"u:\u00e9"}
