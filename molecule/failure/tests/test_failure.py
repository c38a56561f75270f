# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input changes nothing, a failing phase says why, and the next run mends what the failed one left.

The tests build on each other, in the order of this file.
"""

from __future__ import annotations

import re
import typing as t

import pytest
from playbook_runs import NODE, on_node, play
from preflight_runs import CGROUP_V1, MINOR

WRONG = {
    "kubewright_kubernetes_version": "v1.38.0",
    "kubewright_pod_subnett": "10.244.0.0/16",
    "kubewright_bind_port": "many",
    "kubewright_pod_subnet": "10.100.0.0/16",
    "kubewright_taints": [{"key": "example.com/a", "effect": "Never"}],
    "kubewright_bootstrap_tokens": [{"token": "not-a-token-but-secret"}],
}
# What the variables of the test nodes waive, as a run lists it at its end.
WAIVED = ["ImagePull; k8s.gcr.io/coredns:1.7.0"] if MINOR < 24 else ["SystemVerification; cgroups v1"] * CGROUP_V1
CRYPTOGRAPHY = "/usr/lib/python3/dist-packages/cryptography"


@pytest.fixture
def without_cryptography() -> t.Iterator[None]:
    """The node without python3-cryptography."""
    on_node(f"mv {CRYPTOGRAPHY} {CRYPTOGRAPHY}.away")
    yield
    on_node(f"mv {CRYPTOGRAPHY}.away {CRYPTOGRAPHY}")


@pytest.mark.usefixtures("without_cryptography")
def test_bad_input_is_one_message_and_changes_nothing(state: t.Callable[[], str]) -> None:
    """Breaks when a fault is missed, hides another, has no path or cure, or when anything is written before."""
    before = state()
    run = play(WRONG)
    assert run.code != 0
    assert run.changed == 0
    assert "Traceback" not in run.output
    lines = run.message.splitlines()
    assert len(lines) == 1 + 7, run.message
    for expected in (
        "kubewright_kubernetes_version: found v1.38.0",
        "Did you mean kubewright_pod_subnet?",
        "kubewright_bind_port: found 'many' (string); allowed: an integer from 1 to 65535.",
        "kubewright_pod_subnet: found 10.100.0.0/16, which overlaps kubewright_service_subnet (10.96.0.0/12)",
        "kubewright_taints[0].effect: found 'Never' (string); allowed: NoSchedule or PreferNoSchedule or NoExecute.",
        "kubewright_bootstrap_tokens[0].token: found a value that is no token",
        "host: found no usable python3-cryptography",
    ):
        assert expected in run.message
    assert "not-a-token-but-secret" not in run.output
    assert state() == before


def test_failed_check_names_itself_and_its_cure(state: t.Callable[[], str]) -> None:
    """Breaks when preflight does not see a taken port, does not name its holder, or when anything is written before."""
    before = state()
    # The listener's name differs from the component's: a port that is held by a stranger.
    on_node(
        "nohup python3 -m http.server 6443 >/dev/null 2>&1 & for i in $(seq 50); do ss -ltn | grep -q :6443 && break; sleep 0.1; done"
    )
    try:
        run = play({})
    finally:
        on_node("pkill -f 'http.server 6443'")
    assert run.code != 0
    assert run.message.startswith(
        "preflight: 1 check failed; nothing was changed.\n- Port-6443: found held by python3 (pid "
    )
    assert state() == before


def test_failing_phase_names_phase_host_and_cause() -> None:
    """Breaks when a component that does not start is reported without its own last words."""
    run = play({"kubewright_apiserver_extra_args": {"no-such-flag": "1"}, "kubewright_wait_timeout": "35s"})
    assert run.code != 0
    assert f"fatal: [{NODE}]" in run.output
    cause = (
        "wait_control_plane: kube-apiserver does not know the flag --no-such-flag in this version.\n  exit code 1 at "
    )
    assert run.message.startswith(cause), run.message
    assert "  Error: unknown flag: --no-such-flag\n" in run.message
    # Nothing was healthy before, so there is nothing to put back.
    assert run.message.endswith(
        "Correct or remove it in kubewright_apiserver_extra_args (or kubeadm's extraArgs) and run again."
    )
    assert "Traceback" not in run.output


def test_next_run_mends_it_and_shows_no_secret() -> None:
    """Breaks when a run that stopped in the middle needs a reset, or when a secret is printed on a first run with -vvv."""
    run = play({"kubewright_skip_token_print": True}, "-vvv", "--diff")
    assert run.code == 0, run.output[-5000:]
    assert [waived for waived in WAIVED if waived not in run.output] == []
    keys = on_node("cat /etc/kubernetes/pki/*.key /etc/kubernetes/pki/etcd/*.key | grep -v -e -----")
    secrets = [line for line in keys.split() if len(line) > 32]
    data = on_node("grep -h -o 'client-key-data: .*' /etc/kubernetes/*.conf | cut -d' ' -f2")
    secrets += data.split()
    token = "kubectl --kubeconfig /etc/kubernetes/admin.conf -n kube-system get secret -o jsonpath='{.items[*].data.token-secret}'"
    encoded = on_node(token).split()
    secrets += encoded + [on_node(f"echo {item} | base64 -d") for item in encoded]
    assert len(secrets) > 100
    assert [secret[:8] for secret in secrets if secret in run.output] == []
    assert (
        on_node(
            "find / /run /tmp /var/lib/kubelet /var/lib/etcd -xdev -name '*kubewright*' -not -path '/var/log/*'"
            # The lock stays, and says nothing of a run that has ended.
            " -not \\( -path /run/kubewright.lock -empty \\) -newer /etc/kubernetes/pki/ca.crt"
        )
        == ""
    )


def test_second_run_changes_nothing() -> None:
    """Breaks when the mended control plane still differs from what is declared."""
    run = play({})
    assert run.code == 0, run.output[-5000:]
    assert run.changed == 0


def changed_tasks(output: str) -> list[str]:
    """The names of the tasks that changed something, or would."""
    return re.findall(r"TASK \[kubewright\.control_plane\.(\w+) [^\n]*\n(?:(?!TASK \[)[^\n]*\n)*?changed: \[", output)


def test_changed_flag_is_foretold_and_reaches_the_process() -> None:
    """Breaks when check mode and the real run differ, or when the run ends before the new process serves."""
    flag = {"kubewright_apiserver_extra_args": {"profiling": "false"}}
    planned = play(flag, "--check")
    assert planned.code == 0, planned.output[-5000:]
    assert on_node("tr '\\0' '\\n' </proc/$(pgrep -xo kube-apiserver)/cmdline").count("--profiling=false") == 0
    run = play(flag)
    assert run.code == 0, run.output[-5000:]
    assert on_node("tr '\\0' '\\n' </proc/$(pgrep -xo kube-apiserver)/cmdline").count("--profiling=false") == 1
    assert changed_tasks(run.output) == ["control_plane", "upload_config"]
    assert changed_tasks(planned.output) == changed_tasks(run.output)
    again = play(flag)
    assert again.code == 0, again.output[-5000:]
    assert again.changed == 0
