# SPDX-License-Identifier: Apache-2.0
"""Commands of the lab."""

import argparse
import os
import shutil
import signal
import sys
import tempfile

from parallax_lab import bench, namespace, privilege, sites, stage
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


def describe_control(world):
    """What control checks find: zones, web servers, certificates, each with its purpose."""
    for zone in world.control_zones:
        print(f"{zone:40}  {world.zones[zone].purpose}")
    for site in world.web.sites.values():
        where = ", ".join(site.addresses)
        print(f"{site.name:40}  {where}; {', '.join(site.listen) or site.shows or 'nobody'}")
    for host in world.web.sites[sites.NGINX_SITE].hosts:
        print(f"{host}.{sites.WEB_ZONE}")
    for name, route in world.web.routes.items():
        seen = ", ".join(f"{who}: {face}" for who, face in route.faces.items())
        print(f"{name + '.' + sites.ROUTES_ZONE:40}  {route.address}; {seen}")
    for name, purpose in world.web.hostile.items():
        print(f"{name + '.' + sites.HOSTILE_ZONE:40}  {purpose}")
    for name, purpose in world.web.certificates.items():
        print(f"{name + '.' + sites.TLS_ZONE:40}  {purpose}")
    return 0


def _inside(world, bench_count, with_web, body):
    """Sets the world up in namespaces of its own, runs body(environment) there, cleans up."""
    namespace.die_with_parent(signal.SIGTERM)
    bench_zones = None
    if bench_count:
        bench_zones = bench.BenchZones(bench_count, world.issuer, world.servers["tld"].addresses)
    directory = tempfile.mkdtemp(prefix="parallax-lab-")
    try:
        return namespace.run_inside(
            directory, lambda: body(stage.set_up(world, directory, bench_zones, with_web)))
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
        command.add_argument("--web", action="store_true",
                             help="also start the web servers and TLS responders")
    execute.add_argument("argv", nargs=argparse.REMAINDER, metavar="-- COMMAND [ARGUMENTS]")
    table = commands.add_parser("describe", help="print what the lab's world holds")
    table.add_argument("--control", action="store_true", help="what control checks find instead")
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
        print(f"lab: {error}", file=sys.stderr)
        return 65
    if arguments.command == "describe":
        return describe_control(world) if arguments.control else describe(world)
    privilege.go_on_with_sudo_if_needed([os.path.abspath(sys.argv[0]), *argv])
    body = _serve if arguments.command == "serve" else (
        lambda environment: namespace.run_command(arguments.argv, {**os.environ, **environment}))
    try:
        return _inside(world, arguments.bench, arguments.web, body)
    except KeyboardInterrupt:
        return 130
