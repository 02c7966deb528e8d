# SPDX-License-Identifier: Apache-2.0
"""From figures to targets, pass or miss, and to tables."""

import datetime
import os
import pathlib
import statistics
import subprocess

CPU_RATIO_MAX = 1.5
SPANS_WANTED = 3
RSS_MB_MAX = 40.0
RSS_GROWTH_MAX = 0.05
STOPPED_MAX = 0.10
DRIP_RSS_MB_MAX = 100.0
DRIP_P50_MAX = 0.20


def machine(root):
    model = [line.split(":", 1)[1].strip()
             for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
             if line.startswith("model name")]
    commit = subprocess.run(["git", "-C", str(root), "rev-parse", "--short", "HEAD"], check=False,
                            capture_output=True, text=True).stdout.strip()
    return {"processor": model[0] if model else "unknown", "cores": os.cpu_count(),
            "kernel": os.uname().release, "commit": commit,
            "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")}


def _counting(row):
    """The spans that count; all of them if none does."""
    valid = [span for span in row["spans"] if span["valid"]]
    return valid or row["spans"]


def _ratio(span):
    bare = (span["before"]["cpu_ms_per_check"] + span["after"]["cpu_ms_per_check"]) / 2
    return span["whole"]["cpu_ms_per_check"] / bare


def _median_load(loads):
    """The median of each figure over several spans of one load."""
    row = {key: statistics.median(load[key] for load in loads)
           for key in ("cpu_ms_per_check", "checks_per_s", "p50_ms", "p99_ms")}
    row["failures"] = sum(load["failures"] for load in loads)
    row["concurrency"] = loads[0]["concurrency"]
    return row


def _target(name, figure, limit, text, met=None):
    return {"name": name, "figure": figure, "limit": limit,
            "met": figure <= limit if met is None else met, "text": text}


def _beside(figures):
    """Every row that was measured beside a baseline: what that was, what it is, the row."""
    for key in ("coordinator", "primary_validates"):
        for row in figures.get(key, []):
            yield f"bare, beside {key}", key, row
    for row in figures.get("control", []):
        yield row["bare_what"], row["what"], row


def _loads(figures):
    """Every row that a load gave, with what it was."""
    for row in figures.get("perspective", []):
        yield "perspective", row
    for bare, key, row in _beside(figures):
        spans = _counting(row)
        baselines = [span[side] for span in spans for side in ("before", "after")]
        yield bare, _median_load(baselines)
        yield key, _median_load([span["whole"] for span in spans])
    for row in figures.get("stopped", []):
        for key in ("before", "stopped", "after"):
            yield f"stopped, {key}", row[key]


def _failures(figures):
    slow = figures.get("drip", {"spans": [], "loads": []})
    rows = [row for _, row in _loads(figures)] + slow["loads"]
    for span in slow["spans"]:
        rows += span["before"]["rows"] + span["slow"]["rows"] + span["after"]["rows"]
    return sum(row["failures"] for row in rows)


def _valid(figures):
    out = []
    for _, key, row in _beside(figures):
        valid = sum(span["valid"] for span in row["spans"])
        name = f"valid: {_WHAT.get(key, key)}, concurrency {row['concurrency']}"
        drifts = ", ".join(f"{span['drift']:.0%}" for span in row["spans"])
        out.append(_target(name, valid, SPANS_WANTED,
                           f"{valid} of {len(row['spans'])} spans with a drift of at most 10% "
                           f"({drifts})", valid >= SPANS_WANTED))
    failures = _failures(figures)
    out.append(_target("valid: every answer as expected", failures, 0, f"{failures} were not"))
    return out


def _cpu(figures):
    out = []
    for row in figures.get("coordinator", []):
        ratios = sorted(_ratio(span) for span in _counting(row))
        ratio = statistics.median(ratios)
        out.append(_target(
            f"CPU against six bare lookups, concurrency {row['concurrency']}", ratio,
            CPU_RATIO_MAX, f"{ratio:.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}), "
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


def _slow_spans(slow, index):
    """The spans that count for one concurrency; all of them if none does."""
    valid = [span for span in slow["spans"] if span["valid"][index]]
    return valid or slow["spans"]


def _slow_change(span, index):
    """By how much p50 was longer with the slow targets than around them."""
    idle = (span["before"]["rows"][index]["p50_ms"] + span["after"]["rows"][index]["p50_ms"]) / 2
    return span["slow"]["rows"][index]["p50_ms"] / idle - 1


def _drip(figures):
    if "drip" not in figures:
        return []
    slow = figures["drip"]
    least = min(span["slow"]["open_least"] for span in slow["spans"])
    most = max(span["slow"]["open_most"] for span in slow["spans"])
    highest = slow["memory"]["highest"]
    out = [_target("slow targets open at once on one perspective", least, slow["wanted"],
                   f"{least} to {most} sampled, at least {slow['wanted']}",
                   least >= slow["wanted"]),
           _target("memory of that perspective at its highest", highest, DRIP_RSS_MB_MAX,
                   f"{highest:.1f} MB of at most {DRIP_RSS_MB_MAX:.0f}")]
    for index, row in enumerate(slow["spans"][0]["before"]["rows"]):
        spans = _slow_spans(slow, index)
        changes = sorted(_slow_change(span, index) for span in spans)
        change = statistics.median(changes)
        name = f"concurrency {row['concurrency']}"
        valid = sum(span["valid"][index] for span in slow["spans"])
        out += [_target(f"valid: p50 beside slow targets, {name}", valid, SPANS_WANTED,
                        f"{valid} of {len(slow['spans'])} spans with a drift of at most 10%",
                        valid >= SPANS_WANTED),
                _target(f"p50 of healthy checks beside slow targets, {name}", change, DRIP_P50_MAX,
                        f"{change:+.1%} ({changes[0]:+.1%} to {changes[-1]:+.1%}), "
                        f"at most {DRIP_P50_MAX:+.0%}")]
    return out


def targets(figures):
    """What had to be reached, and whether it was."""
    return (_valid(figures) + _cpu(figures) + _memory(figures) + _stopped(figures)
            + _drip(figures))


def _table(title, rows):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [title]
    for row in rows:
        cells = [cell.ljust(width) if column == 0 else cell.rjust(width)
                 for column, (cell, width) in enumerate(zip(row, widths))]
        lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join(lines)


_WHAT = {
    "bare, beside coordinator": "bare libunbound, six of six validating",
    "bare, beside primary_validates": "bare libunbound, one of six validating",
    "perspective": "one perspective",
    "coordinator": "coordinator and five remotes",
    "primary_validates": "the same, only the primary validating",
}


def _whole(figures):
    rows = [("", "concurrency", "CPU ms/check", "checks/s", "p50 ms", "p99 ms")]
    for key, row in _loads(figures):
        rows.append((_WHAT.get(key, key), str(row["concurrency"]),
                     f"{row['cpu_ms_per_check']:.3f}", f"{row['checks_per_s']:.1f}",
                     f"{row['p50_ms']:.2f}", f"{row['p99_ms']:.2f}"))
    return _table("The whole (a check: one name, six perspectives; for one perspective: one)",
                  rows)


def _memory_table(figures):
    rows = [("process", "checks", "RSS MB", "highest MB")]
    for row in figures["memory"]:
        for name, use in row["processes"].items():
            rows.append((name, str(row["checks"]), f"{use['rss']:.1f}", f"{use['highest']:.1f}"))
    return _table("Memory", rows)


def _control_table(figures):
    rows = [("", "concurrency", "CPU against the bare")]
    for row in figures["control"]:
        ratios = sorted(_ratio(span) for span in _counting(row))
        rows.append((row["what"], str(row["concurrency"]),
                     f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"))
    return _table("Control (no target)", rows)


def _drip_table(figures):
    slow = figures["drip"]
    rows = [("healthy checks", "concurrency", "CPU ms/check", "checks/s", "p50 ms", "p99 ms",
             "slow targets", "RSS MB")]
    for index in range(len(slow["spans"][0]["before"]["rows"])):
        spans = _slow_spans(slow, index)
        for what, sides in (("alone", ("before", "after")), ("beside slow targets", ("slow",))):
            parts = [span[side] for span in spans for side in sides]
            row = _median_load([part["rows"][index] for part in parts])
            rows.append((what, str(row["concurrency"]), f"{row['cpu_ms_per_check']:.3f}",
                         f"{row['checks_per_s']:.1f}", f"{row['p50_ms']:.2f}",
                         f"{row['p99_ms']:.2f}", str(min(part["open_least"] for part in parts)),
                         f"{max(part['rss_most'] for part in parts):.1f}"))
    return _table("One perspective, acme-http-01 (CPU of the perspective, slow checks included)",
                  rows)


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
    if next(_loads(figures), None):
        parts.append(_whole(figures))
    if "control" in figures:
        parts.append(_control_table(figures))
    if "drip" in figures:
        parts.append(_drip_table(figures))
    if "memory" in figures:
        parts.append(_memory_table(figures))
    verdicts = [("target", "", "")]
    verdicts += [(target["name"], "pass" if target["met"] else "MISS", target["text"])
                 for target in figures["targets"]]
    parts.append(_table("Targets", verdicts))
    return "\n\n".join(parts)
