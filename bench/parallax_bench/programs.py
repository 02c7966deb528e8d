# SPDX-License-Identifier: Apache-2.0
"""The measuring programs: how each is called, and what it gives back."""

import json
import os
import pathlib
import subprocess

from parallax_lab.cluster import FIRST_REMOTE_PORT, ISSUER

BINARIES = pathlib.Path(__file__).resolve().parents[2] / "build" / "release" / "bench"
WARMUP_S = 1.5
PERSPECTIVES = 6  # the primary and five remotes


class Programs:
    """Runs loads one after the other; each goes on through the names where the last one ended."""

    def __init__(self):
        self.names = os.environ["PARALLAX_LAB_BENCH_NAMES"]
        self.first = 0

    def _run(self, name, arguments, concurrency, seconds, checks, warmup):
        command = [str(BINARIES / name), "--names", self.names, "--first", str(self.first),
                   "--concurrency", str(concurrency), "--warmup", str(warmup)]
        command += ["--checks", str(checks)] if checks else ["--seconds", str(seconds)]
        run = subprocess.run([*command, *arguments], check=True, stdout=subprocess.PIPE, text=True)
        figures = json.loads(run.stdout)
        # About what the warm-up asked for comes on top.
        self.first += int(figures["checks"] * (1 + warmup / max(figures["seconds"], 0.1))) + 1000
        figures["concurrency"] = concurrency
        return figures

    def bare(self, concurrency, seconds, validating=PERSPECTIVES):
        """Bare libunbound in six contexts, so many of them validating."""
        sources = os.environ["PARALLAX_LAB_SOURCES"].split()[:PERSPECTIVES]
        arguments = [part for source in sources for part in ("--source", source)]
        arguments += ["--trust-anchors", os.environ["PARALLAX_LAB_TRUST_ANCHORS"],
                      "--root-hints", os.environ["PARALLAX_LAB_ROOT_HINTS"],
                      "--contexts", str(PERSPECTIVES), "--validating", str(validating)]
        return self._run("parallax_bench_bare_unbound", arguments, concurrency, seconds, None,
                         WARMUP_S)

    def perspective(self, cluster, concurrency, seconds):
        """The first remote alone, asked as a coordinator would."""
        code = cluster.remotes[0][0]
        arguments = ["--target", "perspective", "--host", "127.0.0.1",
                     "--port", str(FIRST_REMOTE_PORT), "--verify-name", code,
                     "--ca", str(cluster.ca_file),
                     "--certificate", str(cluster.pki / "coordinator.crt"),
                     "--key", str(cluster.pki / "coordinator.key"),
                     "--pid", str(cluster.processes[code].pid)]
        return self._run("parallax_bench_load", arguments, concurrency, seconds, None, WARMUP_S)

    def coordinator(self, cluster, concurrency, seconds=None, checks=None, warmup=WARMUP_S):
        """Orders for one mailbox each; the CPU of all six processes is counted."""
        arguments = ["--target", "coordinator", "--host", "127.0.0.1",
                     "--port", str(cluster.port), "--verify-name", "127.0.0.1",
                     "--ca", str(cluster.ca_file),
                     "--token-file", str(cluster.directory / "token"), "--issuer", ISSUER]
        for name in ["coordinator", *(code for code, *_ in cluster.remotes)]:
            arguments += ["--pid", str(cluster.processes[name].pid)]
        return self._run("parallax_bench_load", arguments, concurrency, seconds, checks, warmup)


def memory_mb(cluster):
    """Resident memory per process in MB (10^6 octets), now and at its highest."""
    out = {}
    for name, process in cluster.processes.items():
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
        fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
        out[name] = {"rss": int(fields["VmRSS"].split()[0]) * 1024 / 1e6,
                     "highest": int(fields["VmHWM"].split()[0]) * 1024 / 1e6}
    return out
