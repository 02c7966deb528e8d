# SPDX-License-Identifier: Apache-2.0
"""The coordinator's life: it drains, dies, restarts, runs out of disk, logs and counts."""

import concurrent.futures
import contextlib
import http.client
import json
import random
import ssl
import subprocess
import threading

import pytest
import system

SLOW = "alice@silent-secure.alder"  # its lookups last until they time out
CRASHES = 4
ANSWERS_BEFORE_A_CRASH_MAX = 40
CLIENTS = 6
SEED = 20261122
DISK_SIZE = "2m"
BROKEN = (OSError, http.client.HTTPException, ssl.SSLError)
SETTINGS = """
[dns]
lookup_timeout_ms = 2000
[checks]
timeout_ms = 3000
"""


def recall(cluster, identity):
    return cluster.exchange("GET", f"/v1/corroborations/{identity}")


# --- SIGTERM --------------------------------------------------------------------------------------


def test_an_order_in_flight_at_sigterm_is_answered(tmp_path):
    with system.new_cluster(tmp_path, SETTINGS, offset=300) as cluster, \
            concurrent.futures.ThreadPoolExecutor(2) as pool:
        both = [pool.submit(system.order, cluster, [SLOW], id="slow") for _ in range(2)]
        # Whichever came second is told that its id is under way, and so the other one is.
        first_done, others = concurrent.futures.wait(
            both, return_when=concurrent.futures.FIRST_COMPLETED)
        status, problem = first_done.pop().result()
        assert (status, problem["title"]) == (409, "The order id is taken")
        assert "under way" in problem["detail"]
        assert cluster.terminate("coordinator") == 0
        status, answer = others.pop().result()
        assert (status, answer["outcome"]) == (200, "undetermined")
        assert "coordinator-stopped" in cluster.log("coordinator")
        for remote in system.REMOTES[:5]:
            assert cluster.terminate(remote) == 0
            cluster.start_remote(system.REMOTES.index(remote))
        cluster.start_coordinator()
        status, _, octets = recall(cluster, "slow")
        assert (status, json.loads(octets)) == (200, answer)
        assert system.decided(cluster, system.PERMITTED)["quorum"] in ("4/5", "5/5")


# --- kill -9 --------------------------------------------------------------------------------------


class Load:
    """Clients that place orders one after the other until the coordinator is gone."""

    def __init__(self, cluster, prefix, answers_wanted):
        self.cluster, self.prefix, self.wanted = cluster, prefix, answers_wanted
        self.answers = {}
        self.enough = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(n,)) for n in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def run(self, client):
        count = 0
        with contextlib.suppress(*BROKEN):
            while True:
                identity = f"{self.prefix}-{client}-{count}"
                body = {"id": identity, "type": "smime", "issuers": ["ca.example"],
                        "names": [system.PERMITTED if count % 2 else system.DENIED]}
                status, _, octets = self.cluster.exchange("POST", "/v1/corroborations", body)
                assert status == 200, octets
                self.answers[identity] = octets
                count += 1
                if len(self.answers) >= self.wanted:
                    self.enough.set()

    def join(self):
        for thread in self.threads:
            thread.join()
        return self.answers


def test_a_crash_loses_no_answered_decision(tmp_path):
    chance = random.Random(SEED)
    answered = {}
    with system.new_cluster(tmp_path, SETTINGS, offset=300) as cluster:
        for crash in range(CRASHES):
            load = Load(cluster, f"crash-{crash}", chance.randint(1, ANSWERS_BEFORE_A_CRASH_MAX))
            assert load.enough.wait(system.RUN_TIMEOUT_S)
            cluster.kill("coordinator")
            answers = load.join()
            answered.update(answers)
            cluster.start_coordinator()
            for identity, octets in answers.items():
                status, _, again = recall(cluster, identity)
                assert (status, again) == (200, octets), identity
        decisions = {each["order"]: each for each in system.evidence(cluster)
                     if each["kind"] == "decision"}
        assert set(answered) <= set(decisions)
        for identity, octets in list(answered.items())[:5]:
            body = system.evidence_body(cluster, identity)
            assert body["outcome"] == json.loads(octets)["outcome"]
            assert body["order"]["id"] == identity


# --- A full disk ----------------------------------------------------------------------------------


@contextlib.contextmanager
def small_disk(path):
    path.mkdir()
    subprocess.run(["/usr/bin/mount", "-t", "tmpfs", "-o", f"size={DISK_SIZE}", "tmpfs", path],
                   check=True)
    try:
        yield path
    finally:
        subprocess.run(["/usr/bin/umount", path], check=True)


def fill(path):
    with open(path / "filler", "wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))


def test_a_full_disk_refuses_orders_and_says_so(tmp_path):
    with small_disk(tmp_path / "disk") as disk:
        database = disk / "evidence.sqlite"

        def edit(name, text):
            return text.replace(str(tmp_path / "cluster" / "evidence.sqlite"), str(database))

        with system.new_cluster(tmp_path / "cluster", SETTINGS, offset=300, edit=edit) as cluster:
            status, before = system.order(cluster, id="before")
            assert status == 200
            fill(disk)
            refused = refusal(cluster)
            assert refused[0] == 503, refused
            assert refused[2]["type"] == "urn:parallax:problem:storage-unavailable"
            assert int(refused[1]["Retry-After"]) > 0
            status, headers, answer = system.documented(
                cluster, "POST", "/mpic", {"check_type": "caa",
                                           "domain_or_ip_target": "permits.alder"})
            assert status == 503, answer
            assert int(headers["Retry-After"]) > 0
            (disk / "filler").unlink()
            status, answer = system.order(cluster, id="after")
            assert (status, answer["outcome"]) == (200, "permitted")
            assert json.loads(recall(cluster, "before")[2]) == before


def refusal(cluster):
    """The first answer that is not 200: what the log had set aside is used up before."""
    body = {"type": "smime", "names": [system.DENIED], "issuers": ["ca.example"]}
    for _ in range(2000):
        answer = system.documented(cluster, "POST", "/v1/corroborations", body)
        if answer[0] != 200:
            return answer
    raise AssertionError("the disk is full and no order was refused")


# --- Workers, all-in-one --------------------------------------------------------------------------


def test_several_workers(tmp_path):
    def edit(_name, text):
        return text.replace("workers = 1", "workers = 2")

    with system.new_cluster(tmp_path, SETTINGS, offset=300, edit=edit) as cluster:
        assert "workers=2" in cluster.log("coordinator")
        answers = system.at_once(
            lambda n: system.order(cluster, [f"user-{n}@permits.alder"], id=f"order-{n}"),
            range(60))
        assert [(status, answer["outcome"]) for status, answer in answers] == \
            [(200, "permitted")] * 60
        for number, (_, answer) in enumerate(answers):
            status, _, octets = recall(cluster, f"order-{number}")
            assert (status, json.loads(octets)) == (200, answer)
        indexes = [answer["evidence"]["index"] for _, answer in answers]
        assert len(set(indexes)) == 60
        both = system.at_once(lambda _: system.order(cluster, [SLOW], id="once"), range(2))
        assert sorted(status for status, _ in both) == [200, 409]


def test_all_in_one(tmp_path):
    with system.new_cluster(tmp_path, SETTINGS, offset=300, command="all-in-one") as cluster:
        assert list(cluster.processes) == ["coordinator"]
        assert system.decided(cluster, system.PERMITTED)["outcome"] == "permitted"
        assert system.decided(cluster, system.DENIED)["outcome"] == "refused"
        liar = system.decided(cluster, "alice@one-liar.alder")
        assert (liar["outcome"], liar["quorum"]) == ("permitted", "4/5")
        assert system.decided(cluster, "alice@two-liars.alder")["outcome"] == "refused"
        assert system.decided(cluster, "alice@expired.alder")["outcome"] == "undetermined"
        assert cluster.terminate("coordinator") == 0


# --- Logs and metrics -----------------------------------------------------------------------------

LOCAL_PART = "very.private.local-part"
LOGGING = """
[log]
level = "debug"
format = "json"
"""


def json_logs(name, text):
    return text + LOGGING if "[log]" not in text else text


@pytest.fixture(scope="module")
def talked(tmp_path_factory):
    """A cluster that logs all it can, after orders of all kinds."""
    directory = tmp_path_factory.mktemp("talked")
    with system.new_cluster(directory, SETTINGS, offset=400, edit=json_logs) as cluster:
        for domain in ("permits.alder", "denies.alder", "expired.alder", "two-liars.alder"):
            assert system.order(cluster, [f"{LOCAL_PART}@{domain}"])[0] == 200
        assert system.order(cluster, [f"{LOCAL_PART}@"])[0] == 400
        unbound = system.order(cluster, [f"{LOCAL_PART}@permits.alder"], issuers=["x.example"])
        assert unbound[0] == 403
        assert system.order(cluster, token="not-" + cluster.token)[0] == 401
        with contextlib.suppress(*BROKEN):
            cluster.exchange("POST", "/v1/corroborations", "{" + cluster.token)
        metrics = system.documented(cluster, "GET", "/metrics")
        for name in list(cluster.processes):
            cluster.terminate(name)
        yield cluster, metrics


def test_logs_hold_no_token_and_no_local_part(talked):
    cluster, _ = talked
    for path in cluster.directory.glob("*.log"):
        text = path.read_text()
        assert text
        assert cluster.token not in text
        assert LOCAL_PART not in text


def test_logs_are_json_lines(talked):
    cluster, _ = talked
    for path in cluster.directory.glob("*.log"):
        for line in path.read_text().splitlines():
            event = json.loads(line)
            assert {"time", "level", "event"} <= set(event), event


def test_metrics(talked):
    status, headers, text = talked[1]
    assert status == 200
    assert headers["Content-Type"].startswith("text/plain")
    series = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            series[name] = float(value)
    assert series['parallax_orders_total{outcome="permitted"}'] == 1
    assert series['parallax_orders_total{outcome="refused"}'] == 2
    assert series['parallax_orders_total{outcome="undetermined"}'] == 1
    assert series['parallax_decisions_total{outcome="undetermined",reason="bogus"}'] == 1
    assert series['parallax_decisions_total{outcome="refused",reason="quorum-not-met"}'] == 1
    assert series['parallax_perspective_seconds_count{perspective="primary-fra"}'] == 4
    assert any(name.startswith("parallax_dns_lookups_total") and 'verdict="bogus"' in name
               and value > 0 for name, value in series.items())
    assert any(name.startswith("parallax_queue_depth") for name in series)
    assert [value for name, value in series.items() if 'status="403"' in name and value] == [1]
