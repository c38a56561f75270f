# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why a component has ended, by its own words as they are in the logs of real ones."""

from __future__ import annotations

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._running.verdict import judge, without_prefix


@pytest.mark.parametrize(
    ("component", "line", "cause", "cure"),
    [
        (
            "kube-apiserver",
            "Error: unknown flag: --no-such-flag",
            "does not know the flag --no-such-flag in this version",
            "kubewright_apiserver_extra_args",
        ),
        (
            "kube-scheduler",
            'Error: invalid argument "many" for "--v" flag: strconv.ParseInt: parsing "many": invalid syntax',
            'does not take the value "many" of the flag --v',
            "kubewright_scheduler_extra_args",
        ),
        (
            "kube-controller-manager",
            'Error: invalid argument "NoSuch=true" for "--feature-gates" flag: unrecognized feature gate: NoSuch',
            "does not know the feature gate NoSuch",
            "kubewright_feature_gates",
        ),
        (
            "etcd",
            "flag provided but not defined: -no-such-flag",
            "does not know the flag --no-such-flag in this version",
            "kubewright_etcd_extra_args",
        ),
        (
            "etcd",
            'invalid value "x" for flag -snapshot-count: parse error',
            'does not take the value "x" of the flag --snapshot-count',
            "kubewright_etcd_extra_args",
        ),
        (
            "kube-apiserver",
            'E1130 04:00:00.1 1 run.go:72] "command failed" err="open /etc/audit/x.yaml: no such file or directory"',
            "finds no file /etc/audit/x.yaml (as it is seen inside its container)",
            "kubewright_apiserver_extra_volumes",
        ),
        (
            "kubelet",
            'E1130 04:00:00.1 1 run.go:72] "command failed" err="open /var/lib/kubelet/x.yaml: no such file or directory"',
            "finds no file /var/lib/kubelet/x.yaml",
            "Put it there or correct the flag that names it in kubewright_kubelet_extra_args",
        ),
        (
            "kubelet",
            'E1130 04:00:00.1 1 run.go:72] "command failed" err="failed to parse kubelet flag: unknown flag: --no-such"',
            "does not know the flag --no-such in this version",
            "kubewright_kubelet_extra_args or kubewright_kubelet_configuration",
        ),
    ],
)
def test_causes(component: str, line: str, cause: str, cure: str) -> None:
    """Breaks the cause, or names a variable that has nothing to do with it."""
    verdict = judge(component, ["I1130 starting", line, "", "Usage:", *["  --flag"] * 300], ["exit code 1"])
    assert verdict is not None
    assert (verdict.component, verdict.cause, verdict.is_sure) == (component, cause, True)
    assert cure in verdict.cure
    assert list(verdict.evidence) == ["exit code 1", verdict.evidence[1]]
    assert verdict.text().startswith(f"{component} {cause}.\n  exit code 1\n  ")


@pytest.mark.parametrize(
    ("component", "line"),
    [
        ("kube-apiserver", "Error: context deadline exceeded"),
        (
            "kube-apiserver",
            "F1130 04:00:00 1 x.go:1] Error creating leases: error creating storage factory: context deadline exceeded",
        ),
        (
            "kube-apiserver",
            'E1130 1 run.go:72] "command failed" err="listen tcp 0.0.0.0:6443: bind: address already in use"',
        ),
        ("kube-scheduler", 'E1130 1 run.go:72] "command failed" err="leaderelection lost"'),
        (
            "kube-controller-manager",
            'E1130 1 run.go:72] "command failed" err="configmaps \\"extension-apiserver-authentication\\" is forbidden"',
        ),
        (
            "kube-apiserver",
            'F1130 1 hooks.go:1] PostStartHook "rbac/bootstrap-roles" failed: timed out waiting for the condition',
        ),
        (
            "kube-apiserver",
            'F1130 1 hooks.go:1] PostStartHook "start-service-ip-repair-controllers" failed: unable to perform initial IP and Port '
            "allocation check (context cancelled)",
        ),
        ("etcd", '{"level":"fatal","msg":"discovery failed","error":"could not retrieve cluster information"}'),
        ("etcd", '{"level":"fatal","msg":"x","error":"listen tcp 127.0.0.1:2379: bind: address already in use"}'),
    ],
)
def test_what_may_pass_is_not_sure(component: str, line: str) -> None:
    """Breaks healthy starts: a component that ends because another one is not up yet would end the run."""
    verdict = judge(component, [line], [])
    assert verdict is not None
    assert (verdict.is_sure, verdict.passes) == (False, True)


@pytest.mark.parametrize(
    ("component", "line", "cause"),
    [
        ("kube-apiserver", "Error: [x: invalid, y: invalid]", "ends itself"),
        ("kube-apiserver", "panic: runtime error: index out of range", "ends itself"),
        (
            "kube-apiserver",
            "Error: tls: private key does not match public key",
            "has a certificate and a key that do not belong together",
        ),
        (
            "etcd",
            '{"level":"fatal","msg":"x","error":"listen tcp 192.0.2.1: bind: cannot assign requested address"}',
            "listens at an address that this host does not have",
        ),
    ],
)
def test_what_is_not_known_has_to_come_again(component: str, line: str, cause: str) -> None:
    """Breaks starts that go well the second time."""
    verdict = judge(component, [line], [])
    assert verdict is not None
    assert (verdict.cause, verdict.is_sure, verdict.passes) == (cause, False, False)


@pytest.mark.parametrize("lines", [[], [""], ["I1130 all is well"], ['{"level":"info","msg":"x"}'], ["[1,2]", "null"]])
def test_what_says_nothing(lines: list[str]) -> None:
    """Breaks with a cause that was never told."""
    assert judge("etcd", lines, ["exit code 1"]) is None


def test_lines_long_before_the_end_say_nothing_of_it() -> None:
    """Breaks when a warning of a start is taken for the cause of its end."""
    lines = ["W1130 open /etc/x: no such file or directory", *["I1130 serving"] * 10]
    assert judge("kube-apiserver", lines, []) is None


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("2026-11-30T04:00:00.1Z stderr F Error: unknown flag: --x", "Error: unknown flag: --x"),
        ('{"log":"Error: unknown flag: --x\\n","stream":"stderr","time":"t"}', "Error: unknown flag: --x"),
        ("Error: unknown flag: --x", "Error: unknown flag: --x"),
        ('{"log":', '{"log":'),
        ('{"log":"x"', '{"log":"x"'),
    ],
)
def test_prefixes(line: str, text: str) -> None:
    """Breaks the logs of one of the runtimes."""
    assert without_prefix(line) == text


def test_what_is_no_complaint_is_not_judged() -> None:
    """Breaks the cause: a flag that is told at each start is taken for what a component ends by."""
    talk = 'I1130 04:00:00.000000 1 flags.go:64] FLAG: --service-cluster-ip-range="10.96.0.0/12"'
    assert judge("kube-apiserver", [talk], []) is None
    assert judge("etcd", ['{"level":"warn","msg":"open /x: no such file or directory"}'], []) is None


def test_the_words_of_another_component() -> None:
    """Breaks the cause: what only etcd says of its data is believed of all."""
    words = "Error: walpb: crc mismatch"
    etcd, other = (judge(component, [words], []) for component in ("etcd", "kube-scheduler"))
    assert etcd is not None
    assert other is not None
    assert (etcd.fault, other.fault) == ("EtcdDataDamaged", "EndsItself")


def test_a_line_of_something_else_beside_its_last_words() -> None:
    """Breaks a good change: a component ends for another one, and a line before is believed, which has to do with something else."""
    last = "F1130 1 x.go:1] Error creating leases: error creating storage factory: context deadline exceeded"
    verdict = judge("kube-apiserver", ["E1130 1 y.go:1] open /x: no such file or directory", last], [])
    assert verdict is not None
    assert (verdict.fault, verdict.is_sure) == ("FileMissing", False)
    alone = judge("kube-apiserver", ["E1130 1 y.go:1] open /x: no such file or directory"], [])
    assert alone is not None
    assert alone.is_sure


def test_a_range_of_addresses_that_etcd_lets_wait() -> None:
    """Breaks a wait for etcd: the service subnet is called wrong."""
    passing = judge(
        "kube-apiserver", ["Error: failed to initialize service IP range: etcdserver: request timed out"], []
    )
    assert passing is not None
    assert (passing.is_sure, passing.passes) == (False, True)
    wrong = judge("kube-apiserver", ["Error: specified --service-cluster-ip-range is too large"], [])
    assert wrong is not None
    assert (wrong.fault, wrong.is_sure) == ("InvalidServiceSubnet", True)
