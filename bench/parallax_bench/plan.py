# SPDX-License-Identifier: Apache-2.0
"""The measurements, in order. Runs inside the lab."""

import os
import shutil
import signal
import sys
import time

from parallax_bench import drip, questions
from parallax_bench.programs import PERSPECTIVES, Programs, memory_mb
from parallax_lab.cluster import Cluster

PARTS = ("perspective", "coordinator", "stopped", "memory", "primary-validates", "control", "drip")
PARTS_WITH_WEB = {"control", "drip"}
# Long enough for what waits for a stopped remote to be given up and recorded.
SETTLE_S = 17
MEMORY_CHECKS = (2_000, 10_000)
MEMORY_CHECKS_LONG = (20_000, 100_000)
MEMORY_CONCURRENCY = 8
# A span of the whole stands between two of the baseline, and counts if these two differ by no more.
DRIFT_MAX = 0.10
SPANS_WANTED = 3
SPANS_MAX = 9
CONTROL_SECONDS_MAX = 2.5
REMOTES_DO_NOT_VALIDATE = "[dns]\nvalidate = false\n"


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


class OnlyPrimaryValidates(Cluster):
    """The setting in which remotes do not validate (TLS BR 3.2.2.9 leaves it to them)."""

    def __init__(self, directory):
        super().__init__(directory, remote_settings=REMOTES_DO_NOT_VALIDATE)


def bracketed(baseline, whole):
    """Spans of the whole between spans of the baseline, until enough of them count.

    The machines this runs on change their speed within seconds; only neighbours compare."""
    spans = []
    before = baseline()
    while (len(spans) < SPANS_MAX
           and sum(span["valid"] for span in spans) < SPANS_WANTED):
        measured = whole()
        after = baseline()
        drift = abs(after["cpu_ms_per_check"] / before["cpu_ms_per_check"] - 1)
        spans.append({"before": before, "whole": measured, "after": after, "drift": drift,
                      "valid": drift <= DRIFT_MAX})
        before = after
    return spans


def beside_bare(programs, cluster, arguments, validating, what):
    """The cluster beside bare libunbound, so many of whose contexts validate."""
    rows = []
    for concurrency in arguments.concurrency:
        say(f"{what} beside bare libunbound, concurrency {concurrency}")
        rows.append({"concurrency": concurrency, "spans": bracketed(
            lambda: programs.bare(concurrency, arguments.seconds, validating),
            lambda: programs.coordinator(cluster, concurrency, arguments.seconds))})
    return rows


def control(programs, cluster, arguments):
    """Control checks through the whole, each beside the least that could do its lookups."""
    rows = []
    seconds = min(arguments.seconds, CONTROL_SECONDS_MAX)
    for way in questions.CONTROL:
        for concurrency in way.concurrency:
            if concurrency not in arguments.concurrency:
                continue
            say(f"{way.what}, beside {way.bare_what}, concurrency {concurrency}")
            rows.append({"way": way.key, "what": way.what, "bare_what": way.bare_what,
                         "concurrency": concurrency, "spans": bracketed(
                             lambda: programs.bare(concurrency, seconds, asking=way.bare),
                             lambda: programs.coordinator(cluster, concurrency, seconds,
                                                          question=way.question))})
    return rows


def perspective(programs, cluster, arguments):
    rows = []
    for concurrency in arguments.concurrency:
        say(f"one perspective, concurrency {concurrency}")
        rows.append(programs.perspective(cluster, concurrency, arguments.seconds))
    return rows


def stopped(programs, cluster, arguments):
    """p50 with one remote under SIGSTOP, between two runs without."""
    rows = []
    remote = cluster.remotes[-1][0]
    for concurrency in (1, 8):
        say(f"one remote under SIGSTOP, concurrency {concurrency}")
        before = programs.coordinator(cluster, concurrency, arguments.seconds)
        cluster.signal(remote, signal.SIGSTOP)
        try:
            during = programs.coordinator(cluster, concurrency, arguments.seconds)
        finally:
            cluster.signal(remote, signal.SIGCONT)
        time.sleep(SETTLE_S)
        after = programs.coordinator(cluster, concurrency, arguments.seconds)
        rows.append({"concurrency": concurrency, "before": before, "stopped": during,
                     "after": after})
    return rows


def memory(programs, cluster, arguments, done):
    """Resident memory once so many checks were made; `done` checks were made already."""
    rows = []
    for goal in MEMORY_CHECKS_LONG if arguments.long else MEMORY_CHECKS:
        say(f"memory after {goal} checks")
        if goal > done:
            programs.coordinator(cluster, MEMORY_CONCURRENCY, checks=goal - done, warmup=0)
            done = goal
        rows.append({"checks": done, "processes": {
            name: memory_mb(process) for name, process in cluster.processes.items()}})
    return rows


def fresh(directory):
    shutil.rmtree(directory, ignore_errors=True)
    return directory


def measure(arguments, output):
    """Runs every part asked for; returns the figures."""
    programs = Programs()
    parts = set(arguments.only)
    figures = {"load_before": os.getloadavg()}
    if "memory" in parts:  # in a cluster of its own, so that the count of checks is known
        with Cluster(fresh(output / "work")) as cluster:
            figures["memory"] = memory(programs, cluster, arguments, 0)
    if parts & {"perspective", "coordinator", "stopped"}:
        with Cluster(fresh(output / "work")) as cluster:
            if "perspective" in parts:
                figures["perspective"] = perspective(programs, cluster, arguments)
            if "coordinator" in parts:
                figures["coordinator"] = beside_bare(programs, cluster, arguments, PERSPECTIVES,
                                                     "coordinator with five remotes")
            if "stopped" in parts:
                figures["stopped"] = stopped(programs, cluster, arguments)
    if "primary-validates" in parts:
        with OnlyPrimaryValidates(fresh(output / "work")) as cluster:
            figures["primary_validates"] = beside_bare(programs, cluster, arguments, 1,
                                                       "only the primary validates")
    if "control" in parts:
        with Cluster(fresh(output / "work")) as cluster:
            figures["control"] = control(programs, cluster, arguments)
    if "drip" in parts:
        figures["drip"] = drip.measure(programs, fresh(output / "work"), arguments.seconds,
                                       questions.HTTP_OBSERVATION)
    fresh(output / "work")
    figures["load_after"] = os.getloadavg()
    return figures
