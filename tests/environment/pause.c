// SPDX-License-Identifier: GPL-3.0-or-later
// The first process of a pod's sandbox: holds the pod's namespaces open, collects the children that the pod's
// containers leave behind when they share a process namespace, and ends when it is told to. With -v it prints its version
// and ends, by which kubeadm upgrade finds out whether the cluster runs Jobs.

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

int main(int count, char **arguments) {
  if (count > 1 && strcmp(arguments[1], "-v") == 0) {
    puts("pause of the kubewright tests");
    return 0;
  }
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGCHLD);
  // Blocked signals wait for sigwait, so there is no handler and nothing can be missed.
  if (sigprocmask(SIG_BLOCK, &signals, NULL) != 0) return 1;
  for (;;) {
    int received;
    if (sigwait(&signals, &received) != 0) return 1;
    if (received != SIGCHLD) return 0;
    while (waitpid(-1, NULL, WNOHANG) > 0) continue;
  }
}
