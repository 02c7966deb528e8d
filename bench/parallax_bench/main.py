# SPDX-License-Identifier: Apache-2.0
"""bench/run: the micro benchmarks, then everything that needs the lab, then the report."""

import argparse
import json
import os
import pathlib
import subprocess
import sys

from parallax_bench import micro, plan, report

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUTPUT = ROOT / "build" / "bench"
ZONES = 4000
QUIET_LOAD = 0.5


def _arguments(argv):
    parser = argparse.ArgumentParser(prog="bench/run", description=__doc__)
    parser.add_argument("--long", action="store_true",
                        help="memory after 20,000 and after 100,000 checks too (half an hour)")
    parser.add_argument("--seconds", type=float, default=6.0,
                        help="per figure (default 6; control and drip take at most 2.5)")
    parser.add_argument("--concurrency", type=int, nargs="+", default=[1, 8, 32, 128])
    parser.add_argument("--only", nargs="+", choices=plan.PARTS, default=list(plan.PARTS),
                        help="leave the other parts out")
    parser.add_argument("--no-micro", action="store_true")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args(argv)


def _warn_if_busy():
    load = os.getloadavg()[0]
    if load > QUIET_LOAD:
        print(f"bench: load average {load:.2f}: other work makes these figures worse than they are",
              file=sys.stderr)


def main(argv):
    arguments = _arguments(argv)
    OUTPUT.mkdir(parents=True, exist_ok=True)
    if arguments.inside:
        figures = plan.measure(arguments, OUTPUT)
        (OUTPUT / "inside.json").write_text(json.dumps(figures), encoding="ascii")
        return 0
    _warn_if_busy()
    figures = {"machine": report.machine(ROOT),
               "micro": [] if arguments.no_micro else micro.run()}
    web = ["--web"] if plan.PARTS_WITH_WEB & set(arguments.only) else []
    command = [str(ROOT / "lab" / "lab"), "exec", "--bench", str(ZONES), *web, "--",
               str(ROOT / "bench" / "run"), "--inside", *argv]
    if subprocess.run(command, check=False).returncode != 0:
        return 1
    figures |= json.loads((OUTPUT / "inside.json").read_text(encoding="ascii"))
    (OUTPUT / "inside.json").unlink()
    figures["targets"] = report.targets(figures)
    (OUTPUT / "figures.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="ascii")
    print(report.text(figures))
    print(f"all figures: {OUTPUT / 'figures.json'}")
    return 0
