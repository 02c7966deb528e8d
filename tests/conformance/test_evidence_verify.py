# SPDX-License-Identifier: Apache-2.0
"""What a coordinator wrote is verified offline by `parallax evidence verify`, and the log that it
serves by an implementation of its own; what somebody changed in the file is found and named."""

import json
import shutil
import sqlite3

import control
import log_reference
import pytest
import system

ORDERS = 12
SETTINGS = """
[dns]
lookup_timeout_ms = 2000
[checks]
timeout_ms = 3000
"""


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    """A cluster whose log holds orders of every kind, and a checkpoint kept from half of them."""
    with system.new_cluster(tmp_path_factory.mktemp("verify"), SETTINGS, offset=700) as cluster:
        fill(cluster, "first")
        kept = cluster.directory / "older.checkpoint"
        kept.write_bytes(fetch(cluster, "/log/checkpoint"))
        fill(cluster, "second")
        yield cluster


def fill(cluster, prefix):
    """Permitted, refused and undetermined; a liar; control, also through the mail server."""
    for name in (system.PERMITTED, system.DENIED, "permits.alder", "alice@one-liar.alder",
                 "alice@two-liars.alder", "alice@two-blind.alder"):
        system.decided(cluster, name, id=f"{prefix}-{name.replace('@', '.')}")
    way = control.WAYS["acme-dns"]
    for name, more in (("alice@control.alder", {}), ("alice@control-wrong.alder", {}),
                       ("alice@single.mail.alder", {"mail_server": True})):
        status, answer = control.order(cluster, name, {**way.control(), **more})
        assert status == 200, answer
    system.at_once(lambda number: system.decided(cluster, system.PERMITTED,
                                                 id=f"{prefix}-{number}"), range(ORDERS))


def fetch(cluster, path):
    status, _, octets = cluster.exchange("GET", path, token=False)
    assert status == 200, (path, octets)
    return octets


def log_key(cluster):
    return (cluster.pki / "log.signing.pub").read_text().strip()


def verify(cluster, *arguments, database=None, keys=None):
    return system.parallax("evidence", "verify", "--database", database or cluster.database,
                           "--log-key", log_key(cluster), "--keys", keys or cluster.pki, *arguments)


def report(cluster, *arguments, **more):
    done = verify(cluster, "--json", *arguments, **more)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.fixture
def copy(stage, tmp_path):
    """The log as it is now, in a file that may be changed."""
    path = tmp_path / "copy.sqlite"
    with sqlite3.connect(stage.database) as source, sqlite3.connect(path) as target:
        source.backup(target)
    target = sqlite3.connect(path)
    for (name,) in target.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'"):
        target.execute(f"DROP TRIGGER {name}")
    target.commit()
    yield target, path
    target.close()


# --- Verified by the executable -------------------------------------------------------------------


def test_all_holds_while_the_coordinator_runs(stage):
    code, told = report(stage, "--checkpoint", stage.directory / "older.checkpoint")
    assert (code, told["holds"], told["failure"]) == (0, True, None), told
    verified = told["verified"]
    assert verified["decisions"] == 2 * (9 + ORDERS)
    assert verified["records"] == verified["records_under_checkpoint"]
    assert verified["records"] == verified["decisions"] + verified["late_observations"]
    assert 0 < verified["older_checkpoint"] < verified["records"]
    assert verified["observations"] > 4 * verified["decisions"]
    assert verified["parts_erased"] == 0


def test_it_says_so_to_people(stage):
    done = verify(stage)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("all holds\n")


def test_keys_of_a_file_serve_as_well(stage, tmp_path):
    lines = [f"{path.name.removesuffix('.signing.pub')} {path.read_text().strip()}"
             for path in stage.pki.glob("*.signing.pub") if path.name != "log.signing.pub"]
    keys = tmp_path / "keys"
    keys.write_text("\n".join(lines) + "\n")
    assert report(stage, keys=keys)[0] == 0
    keys.write_text("\n".join(lines[:-1]) + "\n")
    code, told = report(stage, keys=keys)
    assert code == 1
    assert "there is no key of the perspective" in told["failure"]["message"]
    assert told["failure"]["perspective"] == lines[-1].split(" ")[0]


TAMPERINGS = {
    "part": ("UPDATE record_part SET text = replace(text, 'permitted', 'refused')"
             " WHERE record = 0 AND pointer = '/names/0'",
             "not what the record committed to", {"record": "0"}),
    "leaf": ("UPDATE record SET leaf = replace(leaf, '\"version\":2', '\"version\":3')"
             " WHERE idx = 3",
             "does not hash to its leaf hash", {"record": "3"}),
    "salt": ("UPDATE record_part SET salt = iif(salt LIKE '0%', '1', '0') || substr(salt, 2)"
             " WHERE record = 2",
             "not what the record committed to", {"record": "2"}),
    "missing record": ("DELETE FROM record WHERE idx = 4", "is missing", {"record": "4"}),
    "missing part": ("DELETE FROM record_part WHERE record = 5",
                     "erased before their time", {"record": "5"}),
    "checkpoint": ("UPDATE checkpoint SET note = replace(note, 'lab.example', 'lab.exampl3')"
                   " WHERE size = (SELECT min(size) FROM checkpoint)", "", {"checkpoint": "1"}),
}


@pytest.mark.parametrize("name", TAMPERINGS, ids=lambda name: name.replace(" ", "-"))
def test_what_somebody_changed_is_found(stage, copy, name):
    database, path = copy
    statement, message, place = TAMPERINGS[name]
    assert report(stage, database=path)[0] == 0
    database.execute(statement)
    database.commit()
    code, told = report(stage, database=path)
    assert (code, told["holds"]) == (1, False)
    assert message in told["failure"]["message"]
    assert {key: told["failure"][key] for key in place} == place


def test_an_older_checkpoint_tells_of_a_log_cut_short(stage, copy, tmp_path):
    database, path = copy
    (size,) = database.execute("SELECT min(size) FROM checkpoint").fetchone()
    for table, column in (("record_part", "record"), ("record_name", "record"),
                          ("record_answer", "record"), ("record", "idx")):
        database.execute(f"DELETE FROM {table} WHERE {column} >= {size}")
    database.execute(f"DELETE FROM checkpoint WHERE size > {size}")
    database.commit()
    assert report(stage, database=path)[0] == 0, "the file by itself is a log"
    code, told = report(stage, "--checkpoint", stage.directory / "older.checkpoint", database=path)
    assert code == 1
    assert "records are missing" in told["failure"]["message"]


def test_exit_codes_tell_what_cannot_be_read_from_usage(stage, tmp_path):
    assert verify(stage, database=tmp_path / "none").returncode == 2
    assert verify(stage, keys=tmp_path / "none").returncode == 2
    assert verify(stage, "--checkpoint", tmp_path / "none").returncode == 2
    nonsense = tmp_path / "nonsense"
    nonsense.write_text("eu-1 nonsense\n")
    assert verify(stage, keys=nonsense).returncode == 64
    assert verify(stage, "--record", "9-3").returncode == 64
    assert verify(stage, "--witness-key", "nonsense").returncode == 64
    assert system.parallax("evidence", "verify").returncode == 64


# --- Verified by another implementation -----------------------------------------------------------


def served(cluster):
    """The checkpoint of now, and the leaves below it as the server hands them out."""
    note = fetch(cluster, "/log/checkpoint").decode()
    checkpoint = log_reference.open_checkpoint(note, log_key(cluster))
    leaves = []
    while len(leaves) < checkpoint.size:
        index = len(leaves) // log_reference.TILE_WIDTH
        width = min(log_reference.TILE_WIDTH, checkpoint.size - len(leaves))
        path = log_reference.tile_path("entries", index, width)
        leaves += log_reference.leaves_of(fetch(cluster, path))
    return checkpoint, leaves


def test_another_implementation_comes_to_the_same_root(stage):
    checkpoint, leaves = served(stage)
    assert len(leaves) == checkpoint.size
    hashes = [log_reference.leaf_hash(leaf) for leaf in leaves]
    assert log_reference.root(hashes) == checkpoint.root
    _, told = report(stage)
    if told["verified"]["records"] == checkpoint.size:
        assert told["verified"]["root"] == checkpoint.root.hex()
    older = log_reference.open_checkpoint(
        (stage.directory / "older.checkpoint").read_text(), log_key(stage))
    assert log_reference.root(hashes[:older.size]) == older.root


def test_tiles_hold_the_hashes_of_the_leaves(stage):
    width = log_reference.TILE_WIDTH
    missing = width + 1 - len(served(stage)[1])  # so that there is a tile on level 1
    if missing > 0:
        system.at_once(lambda number: system.decided(stage, system.PERMITTED, id=f"fill-{number}"),
                       range(missing))
    checkpoint, leaves = served(stage)
    hashes = [log_reference.leaf_hash(leaf) for leaf in leaves]
    for first in range(0, checkpoint.size, width):
        part = hashes[first:first + width]
        tile = fetch(stage, log_reference.tile_path(0, first // width, len(part)))
        assert tile == b"".join(part)
    full = checkpoint.size // width
    level = fetch(stage, log_reference.tile_path(1, 0, full))
    assert level == b"".join(log_reference.root(hashes[i * width:(i + 1) * width])
                             for i in range(full))


def test_leaves_are_canonical_and_commit_to_the_parts_that_are_kept(stage):
    _, leaves = served(stage)
    with sqlite3.connect(stage.database) as database:
        for index, leaf in enumerate(leaves):
            body = json.loads(leaf)
            assert log_reference.canonical(body) == leaf
            assert b"alder" not in leaf, "names stay out of the log"
            rows = database.execute("SELECT pointer, salt, text FROM record_part WHERE record = ?",
                                    (index,)).fetchall()
            assert rows
            for pointer, salt, text in rows:
                place = body
                for step in pointer.split("/")[1:]:
                    place = place[int(step) if isinstance(place, list) else step]
                made = log_reference.commitment(bytes.fromhex(salt), text.encode())
                assert place == {"commitment": made}


def test_a_copy_of_the_file_verifies_elsewhere(stage, copy, tmp_path):
    _, path = copy
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(path, elsewhere)
    assert report(stage, database=elsewhere / path.name)[0] == 0
