# SPDX-License-Identifier: Apache-2.0
"""From figures to targets, pass or miss, and to tables."""

import datetime
import os
import pathlib
import subprocess

CPU_RATIO_MAX = 1.5
DRIFT_MAX = 0.10
RSS_MB_MAX = 40.0
RSS_GROWTH_MAX = 0.05
STOPPED_MAX = 0.10


def machine(root):
    model = [line.split(":", 1)[1].strip()
             for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
             if line.startswith("model name")]
    commit = subprocess.run(["git", "-C", str(root), "rev-parse", "--short", "HEAD"], check=False,
                            capture_output=True, text=True).stdout.strip()
    return {"processor": model[0] if model else "unknown", "cores": os.cpu_count(),
            "kernel": os.uname().release, "commit": commit,
            "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")}


def _at(rows, concurrency):
    return next((row for row in rows if row["concurrency"] == concurrency), None)


def _baseline(figures, concurrency):
    """CPU ms of the six bare lookups: the mean of before and after, and their drift."""
    before = _at(figures["bare"], concurrency)["cpu_ms_per_check"]
    after = _at(figures["bare_after"], concurrency)["cpu_ms_per_check"]
    return (before + after) / 2, abs(after - before) / before


def _target(name, figure, limit, text, met=None):
    return {"name": name, "figure": figure, "limit": limit,
            "met": figure <= limit if met is None else met, "text": text}


def _loads(figures):
    """Every row that a load gave, with what it was."""
    for key in ("bare", "bare_one_validating", "bare_after", "perspective", "coordinator",
                "coordinator_primary_validates"):
        for row in figures.get(key, []):
            yield key, row
    for row in figures.get("stopped", []):
        for key in ("before", "stopped", "after"):
            yield f"stopped, {key}", row[key]


def _valid(figures):
    out = []
    if "bare" in figures:
        drifts = [_baseline(figures, row["concurrency"])[1] for row in figures["bare"]]
        out.append(_target("the run is valid: drift of the baseline", max(drifts), DRIFT_MAX,
                           f"{max(drifts):.1%} of at most {DRIFT_MAX:.0%}"))
    failures = sum(row["failures"] for _, row in _loads(figures))
    out.append(_target("the run is valid: every answer as expected", failures, 0,
                       f"{failures} were not"))
    return out


def _cpu(figures):
    if "bare" not in figures or "coordinator" not in figures:
        return []
    out = []
    for row in figures["coordinator"]:
        bare, _ = _baseline(figures, row["concurrency"])
        ratio = row["cpu_ms_per_check"] / bare
        out.append(_target(
            f"CPU against six bare lookups, concurrency {row['concurrency']}", ratio,
            CPU_RATIO_MAX, f"{row['cpu_ms_per_check']:.2f} ms / {bare:.2f} ms = {ratio:.2f}, "
                           f"at most {CPU_RATIO_MAX}"))
    return out


def _memory(figures):
    rows = figures.get("memory", [])
    if len(rows) != 2:
        return []
    early, late = rows
    worst = max(use["rss"] for use in late["processes"].values())
    growth = max(use["rss"] / early["processes"][name]["rss"] - 1
                 for name, use in late["processes"].items())
    return [_target(f"memory per process after {late['checks']} checks", worst, RSS_MB_MAX,
                    f"{worst:.1f} MB of at most {RSS_MB_MAX:.0f}"),
            _target(f"memory after {late['checks']} checks against {early['checks']}", growth,
                    RSS_GROWTH_MAX, f"{growth:+.1%}, at most {RSS_GROWTH_MAX:+.0%}")]


def _stopped(figures):
    out = []
    for row in figures.get("stopped", []):
        without = (row["before"]["p50_ms"] + row["after"]["p50_ms"]) / 2
        change = row["stopped"]["p50_ms"] / without - 1
        out.append(_target(
            f"p50 with a remote stopped, concurrency {row['concurrency']}", change, STOPPED_MAX,
            f"{row['stopped']['p50_ms']:.2f} ms against {without:.2f} ms: {change:+.1%}, "
            f"at most {STOPPED_MAX:+.0%}"))
    return out


def targets(figures):
    """What had to be reached, and whether it was."""
    return _valid(figures) + _cpu(figures) + _memory(figures) + _stopped(figures)


def _table(title, rows):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [title]
    for row in rows:
        cells = [cell.ljust(width) if column == 0 else cell.rjust(width)
                 for column, (cell, width) in enumerate(zip(row, widths))]
        lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join(lines)


_WHAT = {
    "bare": "bare libunbound, before",
    "bare_after": "bare libunbound, after",
    "bare_one_validating": "bare libunbound, one of six validating",
    "perspective": "one perspective",
    "coordinator": "coordinator and five remotes",
    "coordinator_primary_validates": "the same, only the primary validating",
}


def _whole(figures):
    rows = [("", "concurrency", "CPU ms/check", "checks/s", "p50 ms", "p99 ms")]
    for key, row in _loads(figures):
        rows.append((_WHAT.get(key, key), str(row["concurrency"]),
                     f"{row['cpu_ms_per_check']:.3f}", f"{row['checks_per_s']:.1f}",
                     f"{row['p50_ms']:.2f}", f"{row['p99_ms']:.2f}"))
    return _table("The whole (a check: one mailbox, six perspectives; for one perspective: one)",
                  rows)


def _memory_table(figures):
    rows = [("process", "checks", "RSS MB", "highest MB")]
    for row in figures["memory"]:
        for name, use in row["processes"].items():
            rows.append((name, str(row["checks"]), f"{use['rss']:.1f}", f"{use['highest']:.1f}"))
    return _table("Memory", rows)


def _micro_table(figures):
    rows = [("benchmark", "CPU us", "CPU us per item")]
    for row in figures["micro"]:
        each = row["cpu_ns_per_item"]
        rows.append((row["name"], f"{row['cpu_ns'] / 1000:.2f}",
                     "" if each is None else f"{each / 1000:.2f}"))
    return _table("The small", rows)


def text(figures):
    """The report for people."""
    about = figures["machine"]
    parts = [f"{about['processor']}, {about['cores']} cores, Linux {about['kernel']}, "
             f"commit {about['commit']}, {about['date']}; load average "
             f"{figures['load_before'][0]:.2f} before, {figures['load_after'][0]:.2f} after"]
    if figures["micro"]:
        parts.append(_micro_table(figures))
    parts.append(_whole(figures))
    if "memory" in figures:
        parts.append(_memory_table(figures))
    verdicts = [("target", "", "")]
    verdicts += [(target["name"], "pass" if target["met"] else "MISS", target["text"])
                 for target in figures["targets"]]
    parts.append(_table("Targets", verdicts))
    return "\n\n".join(parts)
