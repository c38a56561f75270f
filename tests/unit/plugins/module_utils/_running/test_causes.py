# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The causes that components name when they end."""

from __future__ import annotations

import string

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._running import causes as subject


@pytest.mark.parametrize("rule", subject.RULES, ids=lambda rule: rule.fault)
def test_a_rule_can_be_filled(rule: subject.Rule) -> None:
    """Breaks a diagnosis at the moment it is needed: a name in braces that nobody knows."""
    known = {"component", "variable", "volumes", *rule.words.groupindex}
    for text in (rule.cause, rule.cure):
        assert {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name} <= known


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ('Error: enable-admission-plugins plugin "NoSuch" is unknown', "UnknownAdmissionPlugin"),
        ('err="authorization-mode \\"NoSuch\\" is not a valid mode"', "InvalidAuthorizationMode"),
        ("Error: running with swap on is not supported, please disable swap", "SwapOn"),
        ("member 8e9e05c52164694d has already been bootstrapped", "EtcdMemberKnown"),
        ("walpb: crc mismatch", "EtcdDataDamaged"),
        ("discovery failed: proto: cannot parse invalid wire-format data", "EtcdDataDamaged"),
        ("discovery failed: proto:\u00a0cannot parse invalid wire-format data", "EtcdDataDamaged"),
        ("open /var/lib/etcd/member/wal/0.tmp: read-only file system", "NotWritable"),
        ("write /var/lib/etcd/x: no space left on device", "DiskFull"),
        ("tls: failed to find any PEM data in certificate input", "CertificateUnreadable"),
    ],
)
def test_words(words: str, fault: str) -> None:
    """Breaks the diagnosis of a common mistake."""
    assert next(rule.fault for rule in subject.RULES if rule.words.search(words)) == fault


def test_variables() -> None:
    """Breaks the way to mend it: another variable than the component's."""
    assert subject.variable("kube-scheduler") == "kubewright_scheduler_extra_args"
    assert subject.variable("container runtime") == "its flags"


def test_words_that_are_one_components_own() -> None:
    """Breaks a control plane whose API server was away: its controller manager is told that its data are damaged."""
    own = [rule for rule in subject.RULES if rule.fault in ("EtcdDataDamaged", "EtcdMemberKnown")]
    assert own
    assert {rule.only for rule in own} == {"etcd"}
    assert not [rule for rule in subject.RULES if rule.words.search('Get "https://h:6443/": unexpected EOF')]
