# SPDX-License-Identifier: Apache-2.0
"""A disk that hangs in fsync: orders are told so in time, none is decided twice, and the process
can still be ended."""

import json
import shutil
import subprocess

import pytest
import system

OFFSET = 700
WAIT_MS, DRAIN_MS = 500, 500
SOURCE = system.ROOT / "tests" / "support" / "hanging_disk.c"


class Disk:
    """The disk under the evidence; hangs on demand."""

    def __init__(self, directory):
        self.hanging = directory / "hanging"

    def hang(self):
        self.hanging.touch()

    def answer(self):
        self.hanging.unlink(missing_ok=True)


@pytest.fixture
def stage(tmp_path, monkeypatch):
    compiler = shutil.which("clang-19") or shutil.which("cc")
    assert compiler, "no C compiler"
    library = tmp_path / "hanging_disk.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, SOURCE], check=True)
    disk = Disk(tmp_path)
    monkeypatch.setenv("LD_PRELOAD", str(library))
    monkeypatch.setenv("PARALLAX_HANGING_DISK", str(disk.hanging))

    def edit(_name, text):
        return text.replace("[evidence]\n", f"[evidence]\nwait_timeout_ms = {WAIT_MS}\n")

    settings = f"[server]\nworkers = 1\ndrain_ms = {DRAIN_MS}\n"
    with system.new_cluster(tmp_path / "cluster", settings, offset=OFFSET, edit=edit,
                            command="all-in-one") as cluster:
        yield cluster, disk
        disk.answer()


def unavailable(answer):
    status, problem = answer
    assert (status, problem["type"]) == (503, "urn:parallax:problem:storage-unavailable"), answer
    return problem["detail"]


def test_orders_are_told_in_time_and_decided_once(stage):
    cluster, disk = stage
    assert system.order(cluster, id="before")[0] == 200
    disk.hang()
    assert "not durable" in unavailable(system.order(cluster, id="hangs"))
    # Its id is taken, whatever else is asked is refused at once, and what is known is still told.
    status, problem = system.order(cluster, id="hangs")
    assert (status, problem["type"]) == (409, "urn:parallax:problem:order-conflict")
    assert "overdue" in unavailable(system.order(cluster, id="meanwhile"))
    assert "overdue" in unavailable(system.order(cluster))
    assert system.order(cluster, id="before")[0] == 200
    assert cluster.request("GET", "/v1/corroborations/hangs")[0] == 404
    assert system.documented(cluster, "GET", "/healthz", token=False)[0] == 200

    disk.answer()
    assert cluster.wait_until_logged("coordinator", "evidence-append-late order=hangs")
    status, headers, octets = cluster.exchange(
        "POST", "/v1/corroborations", {"id": "hangs", "type": "smime", "issuers": ["ca.example"],
                                       "names": [system.PERMITTED]})
    assert (status, headers["Idempotency-Replayed"]) == (200, "true")
    assert json.loads(octets)["outcome"] == "permitted"
    assert system.order(cluster, id="meanwhile")[0] == 200
    decisions = [each["order"] for each in system.evidence(cluster) if each["kind"] == "decision"]
    assert sorted(decisions) == ["before", "hangs", "meanwhile"]
    assert cluster.terminate("coordinator") == 0


def test_sigterm_ends_a_process_whose_disk_hangs(stage):
    cluster, disk = stage
    disk.hang()
    unavailable(system.order(cluster, id="lost"))
    assert cluster.terminate("coordinator") == 1
    assert "end-overdue" in cluster.log("coordinator")
    disk.answer()
    cluster.start_coordinator()
    assert system.order(cluster, id="after")[0] == 200
