# SPDX-License-Identifier: Apache-2.0
"""Whether this user may make namespaces here, and going on with sudo where only root may."""

import errno
import os
import shutil
import sys

from parallax_lab import namespace

# What a command inside may need of the caller's environment; sudo drops everything else.
KEPT = ("PARALLAX_", "GTEST_", "ASAN_", "UBSAN_", "TSAN_", "PYTHON", "LANG", "TERM", "CI", "PATH",
        "HOME")


def may_make_namespaces():
    """Tries in a child, since there is no way back out of a namespace."""
    pid = os.fork()
    if pid == 0:
        status = 0
        try:
            namespace.enter()
        except OSError as error:
            status = 1 if error.errno in (errno.EPERM, errno.ENOSPC, errno.EACCES) else 0
        os._exit(status)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status) == 0


def go_on_with_sudo_if_needed(argv):
    """Returns if all is well, or if nothing can be done; else replaces this process.

    Descriptors beyond 2 do not survive sudo: call this before opening any that must.
    """
    if os.geteuid() == 0 or may_make_namespaces() or not shutil.which("sudo"):
        return
    print("lab: an ordinary user cannot make namespaces here (a chroot, or a sysctl); going on "
          "with sudo", file=sys.stderr, flush=True)
    kept = [f"{name}={value}" for name, value in os.environ.items() if name.startswith(KEPT)]
    os.execvp("sudo", ["sudo", "env", *kept, sys.executable, *argv])
