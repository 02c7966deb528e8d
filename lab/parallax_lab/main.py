# SPDX-License-Identifier: Apache-2.0
"""Commands of the lab."""

import argparse
import os
import shutil
import signal
import sys
import tempfile

from parallax_lab import bench, namespace, privilege, stage
from parallax_lab import world as description

BENCH_ZONES_MAX = 100_000


def describe(world):
    """A table of every case: name, what it is for, what a check must find."""
    rows = [("NAME", "OUTCOME", "REASON", "DNSSEC", "FIVE REMOTES", "WHAT IT IS FOR")]
    for case in world.cases:
        name = case.name if len(case.name) <= 44 else case.name[:10] + "..." + case.name[-20:]
        extras = " ".join(text for text in (case.account_uri, case.method) if text)
        purpose = f"{case.purpose} ({extras})" if extras else case.purpose
        if case.lenient_outcome != case.outcome or case.lenient_reasons != case.reasons:
            purpose += f" [if the operator excuses failures: {case.lenient_outcome}]"
        rows.append((name, case.outcome, "|".join(case.reasons), case.verdict or "-",
                     case.corroborated or "-", purpose))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    for row in rows:
        print("  ".join([cell.ljust(width) for cell, width in zip(row, widths)] + [row[5]]))
    return 0


def _inside(world, bench_count, body):
    """Sets the world up in namespaces of its own, runs body(environment) there, cleans up."""
    namespace.die_with_parent(signal.SIGTERM)
    bench_zones = None
    if bench_count:
        bench_zones = bench.BenchZones(bench_count, world.issuer, world.servers["tld"].addresses)
    directory = tempfile.mkdtemp(prefix="parallax-lab-")
    try:
        return namespace.run_inside(
            directory, lambda: body(stage.set_up(world, directory, bench_zones)))
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _serve(environment):
    for name, value in environment.items():
        print(f"{name}={value!r}" if " " in value else f"{name}={value}")
    print("# up; SIGINT or SIGTERM ends it", flush=True)
    while True:
        signal.pause()


def _arguments(argv):
    parser = argparse.ArgumentParser(prog="lab/lab", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    execute = commands.add_parser("exec", help="run a command inside the lab")
    serve = commands.add_parser("serve", help="stay up until interrupted")
    for command in (execute, serve):
        command.add_argument("--bench", type=int, default=0, metavar="ZONES",
                             help="also serve this many zones with keys of their own")
    execute.add_argument("argv", nargs=argparse.REMAINDER, metavar="-- COMMAND [ARGUMENTS]")
    commands.add_parser("describe", help="print what the lab's world holds")
    arguments = parser.parse_args(argv)
    if not 0 <= getattr(arguments, "bench", 0) <= BENCH_ZONES_MAX:
        parser.error(f"--bench takes 0 to {BENCH_ZONES_MAX}")
    if arguments.command == "exec":
        if arguments.argv[:1] == ["--"]:
            del arguments.argv[0]
        if not arguments.argv:
            parser.error("exec needs a command")
    return arguments


def main(argv):
    arguments = _arguments(argv)
    try:
        world = description.load()
    except description.WorldError as error:
        print(f"lab: world.yaml: {error}", file=sys.stderr)
        return 65
    if arguments.command == "describe":
        return describe(world)
    privilege.go_on_with_sudo_if_needed([os.path.abspath(sys.argv[0]), *argv])
    body = _serve if arguments.command == "serve" else (
        lambda environment: namespace.run_command(arguments.argv, {**os.environ, **environment}))
    try:
        return _inside(world, arguments.bench, body)
    except KeyboardInterrupt:
        return 130
