# SPDX-License-Identifier: Apache-2.0
"""Namespaces of our own: enter them as an ordinary user, leave nothing behind."""

import ctypes
import errno
import os
import signal
import subprocess
import sys

CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
MS_NOSUID, MS_NODEV, MS_NOEXEC = 2, 4, 8
MS_REC, MS_PRIVATE = 0x4000, 1 << 18
PR_SET_PDEATHSIG = 1
STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

_libc = ctypes.CDLL(None, use_errno=True)


def _call(name, *arguments):
    if getattr(_libc, name)(*arguments) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")


def die_with_parent(number=signal.SIGKILL):
    """Asks for a signal when the parent dies; also for use between fork and exec."""
    _libc.prctl(PR_SET_PDEATHSIG, number)


def enter():
    """Network and process namespaces; as an ordinary user inside a user namespace."""
    wanted = CLONE_NEWNET | CLONE_NEWPID
    uid, gid = os.geteuid(), os.getegid()
    try:
        _call("unshare", CLONE_NEWUSER | wanted)
    except OSError as error:
        if error.errno != errno.EPERM or uid != 0:
            raise
        _call("unshare", wanted)  # root in a chroot may not make user namespaces, nor needs one
        return
    for file, line in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")):
        with open(f"/proc/self/{file}", "w", encoding="ascii") as out:
            out.write(line)


def _own_mounts(directory):
    """A mount namespace with a tmpfs on `directory` and a /proc that shows our processes only."""
    _call("unshare", CLONE_NEWNS)
    # Each is private before anything is mounted on it. In a chroot "/" is no mount point, and in a
    # container /proc may be masked: then the directory is an ordinary one, or /proc shows more.
    for private, flags, arguments in (
            (b"/", MS_REC, (b"tmpfs", os.fsencode(directory), b"tmpfs", MS_NOSUID | MS_NODEV)),
            (b"/proc", 0, (b"proc", b"/proc", b"proc", MS_NOSUID | MS_NODEV | MS_NOEXEC))):
        try:
            _call("mount", None, private, None, flags | MS_PRIVATE, None)
            _call("mount", *arguments, None)
        except OSError:
            continue


def run_inside(directory, body):
    """Runs body() in a child that is process 1 of new namespaces; returns its exit status.

    When the child ends, however it does, the kernel kills every process it left. When we die, the
    child is killed. The first stopping signal we get asks the child to end, a second one kills it.
    """
    try:
        enter()
    except OSError as error:
        print(f"lab: cannot make namespaces ({error}). An ordinary user cannot in a chroot, "
              "nor where sysctl user.max_user_namespaces or kernel.unprivileged_userns_clone is "
              "0; root can.", file=sys.stderr)
        return 70
    pid = os.fork()
    if pid == 0:
        status = 70
        try:
            die_with_parent()
            _quit_on_signals()
            _own_mounts(directory)
            status = body()
        except SystemExit as end:
            status = end.code
        except Exception as error:  # the child must never return into the parent's code
            print(f"lab: {error}", file=sys.stderr)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    asked = []

    def stop(_number, _frame):
        os.kill(pid, signal.SIGKILL if asked else signal.SIGTERM)
        asked.append(True)

    for number in STOPPING:
        signal.signal(number, stop)
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def bring_up(addresses):
    """Loopback up, with the IPv6 addresses given (127.0.0.0/8 needs none)."""
    commands = ["link set lo up"]
    commands += [f"addr add {address}/128 dev lo nodad" for address in addresses]
    subprocess.run(["/usr/bin/ip", "-batch", "-"], input="\n".join(commands) + "\n", text=True,
                   check=True)


def load_packet_filter(rules):
    subprocess.run(["/usr/sbin/nft", "-f", "-"], input=rules, text=True, check=True)


def _quit_on_signals():
    """Process 1 has no default actions. A terminal's SIGINT reaches the command by itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))


def _default_signals():
    for number in STOPPING:
        signal.signal(number, signal.SIG_DFL)


def run_command(argv, environment):
    """Runs the command as process 1 must, reaping orphans. Returns its exit status.

    Inherited descriptors (listening sockets) stay open. SIGTERM is handed on.
    """
    try:
        child = subprocess.Popen(argv, env=environment, close_fds=False,
                                 preexec_fn=_default_signals)
    except OSError as error:
        print(f"lab: {argv[0]}: {error.strerror}", file=sys.stderr)
        return 127
    signal.signal(signal.SIGTERM, lambda number, _frame: os.kill(child.pid, number))
    while True:
        pid, status = os.wait()
        if pid == child.pid:
            child.returncode = os.waitstatus_to_exitcode(status)
            return child.returncode if child.returncode >= 0 else 128 - child.returncode
