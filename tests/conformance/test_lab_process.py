# SPDX-License-Identifier: Apache-2.0
"""The lab as a process: what it hands to its command, and that nothing of it stays behind."""

import os
import pathlib
import select
import shutil
import signal
import socket
import subprocess
import sys

import pytest

LAB = pathlib.Path(__file__).resolve().parents[2] / "lab" / "lab"
UP_TIMEOUT_S = 60


def run(arguments, **options):
    return subprocess.run([LAB, *arguments], capture_output=True, text=True, timeout=UP_TIMEOUT_S,
                          check=False, **options)


def processes_naming(text):
    """Process ids and command lines of living processes that hold `text`."""
    found = {}
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if text in line and str(os.getpid()) != path.parent.name:
            found[int(path.parent.name)] = line
    return found


def wait_for_the_end_of(processes):
    for process in processes:
        try:
            end = os.pidfd_open(process)
        except ProcessLookupError:
            continue
        select.select([end], [], [], UP_TIMEOUT_S)
        os.close(end)


def test_the_command_gets_its_input_and_its_status_comes_back():
    done = run(["exec", "--", "sh", "-c", "cat; echo oops >&2; exit 7"], input="in\n")
    assert (done.returncode, done.stdout, done.stderr) == (7, "in\n", "oops\n")


def test_a_command_killed_by_a_signal():
    assert run(["exec", "--", "sh", "-c", "kill -KILL $$"]).returncode == 128 + signal.SIGKILL


def test_a_command_that_does_not_exist():
    done = run(["exec", "--", "/nonexistent"])
    assert done.returncode == 127
    assert "/nonexistent" in done.stderr


@pytest.mark.parametrize("arguments", [[], ["exec"], ["exec", "--bench", "-1", "--", "true"],
                                       ["exec", "--bench", "lots", "--", "true"], ["dance"]])
def test_wrong_usage(arguments):
    done = run(arguments)
    assert done.returncode == 2
    assert "usage:" in done.stderr


def test_an_inherited_listening_socket_reaches_the_command():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        program = (f"import socket; s = socket.socket(fileno={listener.fileno()}); "
                   "c, _ = s.accept(); c.sendall(b'from inside')")
        with subprocess.Popen([LAB, "exec", "--", sys.executable, "-c", program],
                              pass_fds=[listener.fileno()]) as lab:
            with socket.create_connection(listener.getsockname()) as client:
                client.settimeout(UP_TIMEOUT_S)
                assert client.recv(64) == b"from inside"
            assert lab.wait(UP_TIMEOUT_S) == 0


def test_what_the_command_leaves_running_ends_with_it():
    marker = "600.25"
    done = run(["exec", "--", "sh", "-c", f"setsid sleep {marker} >/dev/null 2>&1 &"])
    assert done.returncode == 0
    assert not processes_naming(f"sleep {marker}")


def memory_is_mounted():
    """In a chroot "/" may be no mount point, and the lab's directory is then an ordinary one."""
    mounts = pathlib.Path("/proc/self/mountinfo").read_text(encoding="utf-8")
    return any(line.split()[4] == "/" for line in mounts.splitlines())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_nothing_stays_behind(number):
    with subprocess.Popen([LAB, "serve"], stdout=subprocess.PIPE, text=True) as lab:
        directory = lab.stdout.readline().strip().removeprefix("PARALLAX_LAB_DIR=")
        for line in lab.stdout:
            if line.startswith("# up"):
                break
        assert processes_naming(directory)
        lab.send_signal(number)
        lab.wait(UP_TIMEOUT_S)
    left = pathlib.Path(directory)
    wait_for_the_end_of(processes_naming(directory))  # after SIGKILL the kernel ends the rest
    if number == signal.SIGKILL:
        if memory_is_mounted():
            assert not any(left.iterdir())  # its files lived in memory
        shutil.rmtree(left)
    assert not left.exists()
    assert not processes_naming(directory)
