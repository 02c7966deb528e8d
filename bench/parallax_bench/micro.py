# SPDX-License-Identifier: Apache-2.0
"""Runs the micro benchmarks (Google Benchmark)."""

import json
import subprocess

from parallax_bench.programs import BINARIES


def run():
    """One row per benchmark: name, CPU nanoseconds, and that per item where it counts items."""
    text = subprocess.run(
        [str(BINARIES / "parallax_bench_micro"), "--benchmark_format=json",
         "--benchmark_min_time=0.2"], check=True, capture_output=True, text=True).stdout
    rows = []
    for benchmark in json.loads(text)["benchmarks"]:
        rate = benchmark.get("items_per_second")
        rows.append({"name": benchmark["name"], "cpu_ns": benchmark["cpu_time"],
                     "cpu_ns_per_item": 1e9 / rate if rate else None})
    return rows
