# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Passwords of proxies."""

from __future__ import annotations

import json
import typing as t

import pytest
import yaml
from acting import act, facts_of_host

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.redact import without_credentials
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.proxy_credentials import (
    proxy_credentials,
)

SPELLINGS = [
    "http://puser:PASSWORD@proxy:3128",
    "puser:PASSWORD@proxy:3128",
    "//puser:PASSWORD@proxy:3128",
    "http://puser:PASS/WORD@proxy",
    "http://puser:PASS@WORD@proxy",
    "http://puser:PASS WORD@proxy",
    "http://puser:PASS%2FWORD@proxy",
    "http:puser:PASSWORD@proxy",
    "socks5h://PASSWORD@proxy",
    'http://puser:PASS"WORD@proxy',
    "http://puser:PASSWÖRD@proxy",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling(make_config: t.Callable[..., Config], spelling: str) -> None:
    """Breaks the secrecy of a password that is written in another way than most are, in any file or output."""
    config = make_config("1.31.0", facts={"proxy_environment": {"https_proxy": spelling}})
    known = proxy_credentials(config)
    assert known
    for text in (f"value: {spelling}", json.dumps({"a": spelling}), yaml.safe_dump({"a": spelling}, width=1000)):
        shown = without_credentials(text, known)
        assert not [part for part in ("PASS", "WORD", "puser") if part in shown], shown
        assert "***@proxy" in shown


def test_what_has_no_credentials(make_config: t.Callable[..., Config]) -> None:
    """Breaks diffs: a proxy without a password, or an address with an at sign, hides something else."""
    environment = {"HTTP_PROXY": "http://proxy:3128", "no_proxy": "a,b"}
    config = make_config(
        "1.31.0",
        facts={"proxy_environment": environment},
        apiserver_extra_envs=[{"name": "MAIL", "value": "user:x@example.com"}],
    )
    assert proxy_credentials(config) == []


def test_variables_of_the_user(make_config: t.Callable[..., Config]) -> None:
    """Breaks the secrecy of a proxy that the user declares for a component."""
    config = make_config(
        "1.31.0",
        apiserver_extra_envs=[{"name": "HTTPS_proxy", "value": "http://a:b@c"}],
        etcd_extra_envs=[{"name": "HTTP_PROXY", "value": "http://dd:ee@c"}],
    )
    assert proxy_credentials(config) == ["dd:ee", "a:b"]


@pytest.mark.parametrize(
    "patch",
    [
        {"spec": {"containers": [{"name": "x", "env": [{"name": "HTTPS_PROXY", "value": "u:PW@proxy"}]}]}},
        [{"op": "add", "path": "/spec/containers/0/env/-", "value": {"name": "http_proxy", "value": "u:PW@proxy"}}],
        [{"op": "replace", "path": "/spec/containers/0/env/0/value", "value": "http://u:PW@proxy"}],
    ],
)
def test_patches(make_config: t.Callable[..., Config], patch: t.Any) -> None:
    """Breaks the secrecy of a proxy that stands in a patch."""
    config = Config({**make_config("1.31.0").data, "patches": [{"target": "etcd", "type": "merge", "patch": patch}]})
    assert proxy_credentials(config) == ["u:PW"]


def test_the_configuration_is_hidden_where_it_holds_one(node_facts: t.Callable[..., t.Any]) -> None:
    """Breaks -v, which prints results."""
    facts = node_facts(proxy_environment={"HTTP_PROXY": SPELLINGS[1]})
    hidden = act("cluster_config", {}, {}, facts_of_host(facts)).result
    assert hidden["_ansible_no_log"] is True
    again = act("cluster_config", {"earlier": hidden}, {}).result
    assert again["_ansible_no_log"] is True
    assert "_ansible_no_log" not in act("cluster_config", {}, {}, facts_of_host(node_facts())).result


def test_what_a_phase_answers(make_config: t.Callable[..., Config]) -> None:
    """Breaks the secrecy of a password that the runtime or the API says again in what a phase answers."""
    config = make_config("1.31.0", facts={"proxy_environment": {"HTTP_PROXY": "http://puser:PASSWORD@proxy"}})
    said = "cannot reach http://puser:PASSWORD@proxy"
    answer = {"changed": False, "msg": said, "warnings": [said], "diff": [{"before": "", "after": said}]}
    result = act("wait_apiserver", {"config": config.data}, {}, answer).result
    assert "PASSWORD" not in json.dumps(result)
    assert result["msg"] == "cannot reach http://***@proxy"
