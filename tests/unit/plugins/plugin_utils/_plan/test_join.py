# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command that joins nodes, by what the cluster says."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.join import join_command

MakeConfig = t.Callable[..., Config]
FACTS = {"answers": True, "token_id": "abcdef", "token": "abcdef.0123456789abcdef", "ca_hash": "sha256:1"}
COMMAND = "kubeadm join 192.0.2.10:6443 --token %s --discovery-token-ca-cert-hash %s"


def test_the_command(make_config: MakeConfig) -> None:
    """Breaks kubeadm join. A declared token comes back blotted out, so it is taken from its declaration."""
    assert join_command(make_config("1.31.0"), FACTS, [], False) == COMMAND % (FACTS["token"], "sha256:1")
    blotted, declared = {**FACTS, "token": "********"}, [{"token": FACTS["token"]}, {"description": "a random one"}]
    assert join_command(make_config("1.31.0"), blotted, declared, False) == COMMAND % (FACTS["token"], "sha256:1")
    # What is in the cluster is what nodes join with, whatever is declared by now.
    other = [{"token": "abcdef.fedcba9876543210"}]
    assert join_command(make_config("1.31.0"), FACTS, other, False) == COMMAND % (FACTS["token"], "sha256:1")


def test_a_withheld_token(make_config: MakeConfig) -> None:
    """Breaks kubewright_skip_token_print, also for a declared token."""
    config = make_config("1.31.0", skip_token_print=True)
    expected = COMMAND % ("<value withheld>", "sha256:1")
    assert join_command(config, FACTS, [{"token": FACTS["token"]}], False) == expected


@pytest.mark.parametrize(
    ("missing", "words"),
    [({"token_id": None, "token": None}, "run the bootstrap_token phase"), ({"ca_hash": None}, "run the certs phase")],
)
def test_what_is_missing(make_config: MakeConfig, missing: dict[str, t.Any], words: str) -> None:
    """Breaks the message, or a command that joins nothing is shown."""
    with pytest.raises(KubewrightError, match=words):
        join_command(make_config("1.31.0"), {**FACTS, **missing}, [], False)


def test_check_mode_before_there_is_a_cluster(make_config: MakeConfig) -> None:
    """Breaks the plan for a blank host."""
    facts = {"answers": False, "token_id": None, "token": None, "ca_hash": None}
    expected = COMMAND % (("<value withheld>",) * 2)
    assert join_command(make_config("1.31.0"), facts, [], True) == expected
