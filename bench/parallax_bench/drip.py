# SPDX-License-Identifier: Apache-2.0
"""One perspective, healthy checks on it, and a thousand targets that answer an octet a second."""

import os
import subprocess
import sys
import threading
import time

from parallax_bench.programs import DRIP_NETWORK, DRIP_PORT, memory_mb
from parallax_lab.cluster import Cluster

WANTED = 1000
# An asker is now and then between two targets: a statement being signed, or on its way.
ASKERS = 1060
# A target is given up after five seconds: begun over as long, the load is even from then on.
RAMP_S = 5.0
SETTLE_TIMEOUT_S = 30.0
SAMPLE_EVERY_S = 0.5
CONCURRENCY = (1, 8)
SECONDS_MAX = 2.5
# A span with the slow targets stands between two without, and counts if these two differ by no
# more in p50.
DRIFT_MAX = 0.10
SPANS_WANTED = 3
SPANS_MAX = 6
# What an operator has to raise for so many checks on one worker.
SETTINGS = f"[server]\nworkers = 1\nrequests_in_flight_max = {2 * WANTED}\n"


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def open_targets(process):
    """How many connections to slow targets the process holds: established, and its own."""
    listed = subprocess.run(
        ["ss", "-Htne", "state", "established", "dst", f"{DRIP_NETWORK}:{DRIP_PORT}"],
        check=True, capture_output=True, text=True).stdout
    connected = {word.removeprefix("ino:") for word in listed.split() if word.startswith("ino:")}
    directory = f"/proc/{process.pid}/fd"
    held = 0
    for descriptor in os.listdir(directory):
        try:
            link = os.readlink(f"{directory}/{descriptor}")
        except FileNotFoundError:  # closed since it was listed
            continue
        held += link.removeprefix("socket:[").removesuffix("]") in connected
    return held


class Watch:
    """Samples open targets and memory of a process until it is left."""

    def __init__(self, process):
        self.process = process
        self.open = []
        self.rss = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample)

    def _sample(self):
        while True:
            self.open.append(open_targets(self.process))
            self.rss.append(memory_mb(self.process)["rss"])
            if self._over.wait(SAMPLE_EVERY_S):
                return

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()


def _wait_until(condition, what):
    deadline = time.monotonic() + SETTLE_TIMEOUT_S
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"not within {SETTLE_TIMEOUT_S:.0f} s: {what}")
        time.sleep(0.2)


class Drip:
    """The measurement; SPANS_MAX bounds it."""

    def __init__(self, programs, cluster, targets, seconds, question):
        self.programs = programs
        self.targets = targets
        self.cluster = cluster
        self.seconds = min(seconds, SECONDS_MAX)
        self.question = question
        self.process = cluster.processes[cluster.remotes[0][0]]
        self.loads = []  # what the slow checks came to

    def healthy(self):
        """Healthy checks alone, and how many slow targets were open meanwhile."""
        with Watch(self.process) as watch:
            rows = [self.programs.perspective(self.cluster, concurrency, self.seconds,
                                              self.question) for concurrency in CONCURRENCY]
        return {"rows": rows, "open_least": min(watch.open), "open_most": max(watch.open),
                "rss_most": max(watch.rss)}

    def beside_slow(self):
        load = self.programs.drips(self.cluster, self.targets, ASKERS, RAMP_S)
        try:
            _wait_until(lambda: open_targets(self.process) >= WANTED, f"{WANTED} open targets")
            measured = self.healthy()
        finally:
            self.loads.append(self.programs.stop_drips(load))
        _wait_until(lambda: open_targets(self.process) == 0, "every slow target given up")
        return measured

    def run(self):
        spans = []
        before = self.healthy()
        while len(spans) < SPANS_MAX and not self._enough(spans):
            say(f"{WANTED} slow targets on one perspective, span {len(spans) + 1}")
            slow = self.beside_slow()
            after = self.healthy()
            drifts = [abs(late["p50_ms"] / early["p50_ms"] - 1)
                      for early, late in zip(before["rows"], after["rows"])]
            spans.append({"before": before, "slow": slow, "after": after, "drifts": drifts,
                          "valid": [drift <= DRIFT_MAX for drift in drifts]})
            before = after
        return {"wanted": WANTED, "spans": spans, "loads": self.loads,
                "memory": memory_mb(self.process)}

    @staticmethod
    def _enough(spans):
        return all(sum(span["valid"][index] for span in spans) >= SPANS_WANTED
                   for index in range(len(CONCURRENCY)))


def measure(programs, directory, seconds, question):
    with Cluster(directory, remote_settings=SETTINGS) as cluster:
        targets = directory / "slow-targets.txt"
        servers = programs.drip_servers(targets)
        try:
            return Drip(programs, cluster, targets, seconds, question).run()
        finally:
            servers.kill()
            servers.wait()
