# SPDX-License-Identifier: Apache-2.0
"""The measuring programs: how each is called, and what it gives back."""

import ipaddress
import json
import os
import pathlib
import signal
import subprocess

from parallax_bench import questions
from parallax_lab.cluster import FIRST_REMOTE_PORT
from parallax_lab.namespace import die_with_parent

BINARIES = pathlib.Path(__file__).resolve().parents[2] / "build" / "release" / "bench"
WARMUP_S = 1.5
PERSPECTIVES = 6  # the primary and five remotes
# Slow servers, a loopback address each; nobody else listens there.
DRIP_NETWORK = ipaddress.ip_network("127.0.16.0/21")
DRIP_FIRST = DRIP_NETWORK[1]
DRIP_PORT = 80


class Programs:
    """Runs loads one after the other; each goes on through the names where the last one ended."""

    def __init__(self):
        self.names = os.environ["PARALLAX_LAB_BENCH_NAMES"]
        self.first = 0

    def _run(self, name, arguments, concurrency, seconds, checks, warmup):
        command = [str(BINARIES / name), "--names", self.names, "--first", str(self.first),
                   "--concurrency", str(concurrency), "--warmup", str(warmup), *arguments]
        command += ["--checks", str(checks)] if checks else ["--seconds", str(seconds)]
        run = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        figures = json.loads(run.stdout)
        # About what the warm-up asked for comes on top.
        self.first += int(figures["checks"] * (1 + warmup / max(figures["seconds"], 0.1))) + 1000
        figures["concurrency"] = concurrency
        return figures

    def bare(self, concurrency, seconds, validating=PERSPECTIVES, asking=()):
        """Bare libunbound in six contexts, so many of them validating; CAA unless `asking` says
        otherwise."""
        sources = os.environ["PARALLAX_LAB_SOURCES"].split()[:PERSPECTIVES]
        arguments = [part for source in sources for part in ("--source", source)]
        arguments += ["--trust-anchors", os.environ["PARALLAX_LAB_TRUST_ANCHORS"],
                      "--root-hints", os.environ["PARALLAX_LAB_ROOT_HINTS"],
                      "--contexts", str(PERSPECTIVES), "--validating", str(validating), *asking]
        return self._run("parallax_bench_bare_unbound", arguments, concurrency, seconds, None,
                         WARMUP_S)

    @staticmethod
    def _to_perspective(cluster, question):
        """The first remote alone, asked as a coordinator would."""
        code = cluster.remotes[0][0]
        return [*question.arguments(), "--host", "127.0.0.1", "--port", str(FIRST_REMOTE_PORT),
                "--verify-name", code, "--ca", str(cluster.ca_file),
                "--certificate", str(cluster.pki / "coordinator.crt"),
                "--key", str(cluster.pki / "coordinator.key"),
                "--pid", str(cluster.processes[code].pid)]

    def perspective(self, cluster, concurrency, seconds, question=questions.CAA_OBSERVATION):
        return self._run("parallax_bench_load", self._to_perspective(cluster, question),
                         concurrency, seconds, None, WARMUP_S)

    def coordinator(self, cluster, concurrency, seconds=None, checks=None, warmup=WARMUP_S,
                    question=questions.CAA_ORDER):
        """Orders for one name each; the CPU of all six processes is counted."""
        arguments = [*question.arguments(), "--host", "127.0.0.1",
                     "--port", str(cluster.port), "--verify-name", "127.0.0.1",
                     "--ca", str(cluster.ca_file),
                     "--token-file", str(cluster.directory / "token")]
        for name in ["coordinator", *(code for code, *_ in cluster.remotes)]:
            arguments += ["--pid", str(cluster.processes[name].pid)]
        return self._run("parallax_bench_load", arguments, concurrency, seconds, checks, warmup)

    def drips(self, cluster, targets, askers, ramp_s):
        """So many checks of the first remote that never get a whole answer, until stop_drips();
        `targets` is the file of addresses."""
        forever_s = 1e6
        command = [str(BINARIES / "parallax_bench_load"),
                   *self._to_perspective(cluster, questions.DRIP_OBSERVATION),
                   "--names", str(targets), "--concurrency", str(askers), "--ramp", str(ramp_s),
                   "--warmup", "0", "--seconds", str(forever_s)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True,
                                preexec_fn=die_with_parent)

    @staticmethod
    def stop_drips(load):
        """Waits for what is under way; the load's figures."""
        load.send_signal(signal.SIGTERM)
        return json.loads(load.communicate()[0])

    @staticmethod
    def drip_servers(targets):
        """One process for all of them; writes their addresses to the file `targets`."""
        count = DRIP_NETWORK.num_addresses - 2
        targets.write_text("".join(f"{DRIP_FIRST + number}\n" for number in range(count)),
                           encoding="ascii")
        servers = subprocess.Popen(
            [str(BINARIES / "parallax_bench_drip"), str(DRIP_FIRST), str(count), str(DRIP_PORT)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        if servers.stdout.readline() != "ready\n":
            raise RuntimeError("the slow servers did not start")
        return servers


def memory_mb(process):
    """Resident memory of a process in MB (10^6 octets), now and at its highest."""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    return {"rss": int(fields["VmRSS"].split()[0]) * 1024 / 1e6,
            "highest": int(fields["VmHWM"].split()[0]) * 1024 / 1e6}
