# SPDX-License-Identifier: Apache-2.0
"""Several workers in one process, under load, watched by whatever sanitizer the build carries."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "lab"))

from parallax_lab.cluster import Cluster  # noqa: E402

NAMES = ["alice@permits.alder", "alice@denies.alder", "alice@one-liar.alder",
         "alice@unsigned.alder", "alice@two-liars.alder", "alice@forbids.alder"]
EXPECTED = {"alice@permits.alder": "permitted", "alice@denies.alder": "refused",
            "alice@one-liar.alder": "permitted", "alice@unsigned.alder": "refused",
            "alice@two-liars.alder": "refused", "alice@forbids.alder": "refused"}
ORDERS = 120
TWO_WORKERS = "[server]\nworkers = 2\n"
# What a sanitizer prints when it finds something.
ALARMS = ("ThreadSanitizer", "AddressSanitizer", "runtime error:", "task-failed", "worker-failed")


def test_two_workers_decide_under_load_and_drain():
    directory = Path(os.environ["PARALLAX_LAB_DIR"]) / "workers"
    with Cluster(directory, settings=TWO_WORKERS, remote_settings=TWO_WORKERS) as cluster:
        def ask(index):
            name = NAMES[index // 2 % len(NAMES)]
            # Every id comes twice, a moment apart, and may meet itself on the other worker.
            status, _, answer = cluster.order([name], id=f"order-{index // 2}")
            return name, status, answer

        with ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(ask, range(ORDERS)))
            metrics = cluster.request("GET", "/metrics")
        processes = dict(cluster.processes)
        logs = {name: cluster.log_file(name) for name in processes}
        cluster.stop()
    for name, status, answer in answers:
        # Half of the orders repeat an id: answered alike, or told that the first is under way.
        assert status in (200, 409), answer
        if status == 200:
            assert answer["names"][0]["outcome"] == EXPECTED[name], answer
    assert metrics[0] == 200
    for name, process in processes.items():
        text = logs[name].read_text(errors="replace")
        assert process.returncode == 0, f"{name} ended with {process.returncode}:\n{text[-4000:]}"
        for alarm in ALARMS:
            assert alarm not in text, f"{name}:\n{text[-8000:]}"
