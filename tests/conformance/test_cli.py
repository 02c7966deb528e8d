# SPDX-License-Identifier: Apache-2.0
"""The commands: exit codes, JSON members, a check through a coordinator, evidence, tokens, keys."""

import json
import os
import stat

import pytest
import system

PERMITTED, REFUSED, UNDETERMINED, USAGE = 0, 1, 2, 64
CHECK = {"name", "type", "outcome", "reason", "explanation", "found_at", "records", "ttl_s",
         "permission_expires", "dnssec", "lookups", "quorum", "lab"}
RULES = {"at", "remotes_required", "allowed_non_corroborations", "rir_regions_required",
         "distance_min_km", "caa_window_hours", "rules", "next_changes", "quorum_enforced"}
RULE = {"id", "document", "version", "section", "ballot", "from", "until"}


@pytest.fixture(scope="module")
def through(cluster):
    """Arguments that send a check through the coordinator."""
    return ["--server", f"https://127.0.0.1:{cluster.port}", "--ca", cluster.ca_file,
            "--token-file", cluster.directory / "token"]


@pytest.fixture(scope="module")
def here(cluster):
    """Arguments for a check from this vantage alone."""
    return ["--config", cluster.directory / "coordinator.toml"]


def check(name, *arguments, issuer="ca.example"):
    return system.parallax("check", "caa", name, "--issuer", issuer, *arguments)


def json_of(done):
    """The one object on standard output."""
    assert done.stderr == "" or "warning" in done.stderr, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 1
    return json.loads(lines[0])


CHECKS = [("alice@permits.alder", "smime", PERMITTED, "permitted"),
          ("issue.alder", "tls", PERMITTED, "permitted"),
          ("*.issuewild.alder", "tls", REFUSED, "refused"),
          ("alice@denies.alder", "smime", REFUSED, "refused"),
          ("alice@expired.alder", "smime", UNDETERMINED, "undetermined")]


@pytest.mark.parametrize("name, kind, code, outcome", CHECKS)
def test_check_here(here, name, kind, code, outcome):
    done = check(name, "--type", kind, "--json", *here)
    answer = json_of(done)
    assert (done.returncode, answer["outcome"]) == (code, outcome)
    assert set(answer) == CHECK
    assert answer["quorum"] is None
    assert answer["lab"] is True


@pytest.mark.parametrize("name, kind, code, outcome", CHECKS)
def test_check_through_a_coordinator(through, name, kind, code, outcome):
    done = check(name, "--type", kind, "--json", *through)
    answer = json_of(done)
    assert (done.returncode, answer["outcome"]) == (code, outcome)
    assert set(answer) == CHECK
    assert answer["quorum"].endswith("/5")
    assert answer["lab"] is True


def test_here_and_through_a_coordinator_agree(here, through):
    both = [json_of(check("alice@www.permits.alder", "--json", *where))
            for where in (here, through)]
    for member in CHECK - {"quorum", "lookups", "permission_expires"}:
        assert both[0][member] == both[1][member], member


def test_the_quorum_decides_through_a_coordinator(here, through):
    assert check("alice@two-liars.alder", *here).returncode == PERMITTED
    done = check("alice@two-liars.alder", *through)
    assert done.returncode == REFUSED
    assert "quorum-not-met" in done.stdout


def test_account_and_method(here, through):
    account = ("--account-uri", "https://ca.example/acct/1")
    for where in (here, through):
        assert check("alice@account.alder", *where).returncode == REFUSED
        assert check("alice@account.alder", *account, *where).returncode == PERMITTED
        tls = ("--type", "tls", "--method")
        assert check("methods.alder", *tls, "dns-01", *where).returncode == PERMITTED
        assert check("methods.alder", *tls, "http-01", *where).returncode == REFUSED


def test_one_vantage_says_so(here):
    done = check("alice@permits.alder", *here)
    assert done.returncode == PERMITTED
    assert "one vantage, no corroboration" in done.stdout
    assert "permits.alder" in done.stdout
    assert "LAB" in done.stdout


def test_several_issuers(here):
    done = system.parallax("check", "caa", "alice@permits.alder", "--issuer", "x.example",
                           "--issuer", "ca.example", *here)
    assert done.returncode == PERMITTED


@pytest.mark.parametrize("arguments, message", [
    ([], "subcommand"), (["frob"], "subcommand"), (["check"], "subcommand"),
    (["check", "caa"], "NAME"), (["check", "caa", "alice@permits.alder"], "--issuer"),
    (["check", "caa", "a.alder", "--issuer", "b.example", "--type", "x"], "certificate type"),
    (["check", "caa", "a.alder", "--issuer", "b.example", "--server", "ftp://x"], "https://"),
    (["check", "caa", "a.alder", "--issuer", "b.example", "--frob"], "--frob"),
    (["check", "caa", "a.alder", "--issuer", "b.example", "--method", "zzz"], '"zzz" is no'),
    (["check", "caa", "a.alder", "--issuer", "b.example", "--method", "DNS-01"], '"DNS-01" is no'),
    (["rules", "--at", "yesterday"], "not a date"), (["rules", "--at", "2026-02-30"], "not a day"),
    (["coordinator"], "--config"), (["coordinator", "--config", "/nonexistent"], "/nonexistent"),
    (["pki"], "subcommand"), (["evidence", "show", "1"], "--database"),
], ids=lambda value: "-".join(value) if isinstance(value, list) else "")
def test_usage(arguments, message):
    done = system.parallax(*arguments)
    assert done.returncode == USAGE, done
    assert message in done.stderr
    assert done.stdout == ""


def test_usage_through_a_coordinator(cluster, through):
    done = check("alice@permits.alder", *through, issuer="other.example")
    assert done.returncode == USAGE
    assert "other.example" in done.stderr
    wrong = cluster.directory / "wrong-token"
    wrong.write_text("nonsense\n")
    done = check("alice@permits.alder", *through[:4], "--token-file", wrong)
    assert done.returncode == UNDETERMINED
    assert "token" in done.stderr


def test_a_coordinator_that_is_not_there(cluster):
    done = check("alice@permits.alder", "--server", "https://127.0.0.1:1", "--ca", cluster.ca_file)
    assert done.returncode == UNDETERMINED
    assert done.stdout == ""


def test_a_coordinator_under_an_unknown_ca(cluster, tmp_path):
    system.parallax("pki", "init", tmp_path / "pki")
    done = check("alice@permits.alder", "--server", f"https://127.0.0.1:{cluster.port}",
                 "--ca", tmp_path / "pki" / "ca.crt", "--token-file", cluster.directory / "token")
    assert done.returncode == UNDETERMINED
    assert done.stdout == ""


def test_help_and_version():
    assert system.parallax("--version").stdout.startswith("parallax ")
    for command in ("", "check caa", "rules", "config check", "evidence list", "token add"):
        done = system.parallax(*command.split(), "--help")
        assert done.returncode == 0
        assert "Usage" in done.stdout


# --- Rules ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("at, remotes, regions", [
    ("2025-03-15", 2, 0), ("2025-09-15", 2, 0), ("2026-03-14", 2, 0), ("2026-03-15", 3, 2),
    ("2026-06-15", 4, 2), ("2026-12-14", 4, 2), ("2026-12-15", 5, 2)])
def test_rules(at, remotes, regions):
    done = system.parallax("rules", "--at", at, "--json")
    assert done.returncode == 0
    rules = json.loads(done.stdout)
    assert set(rules) == RULES
    assert rules["at"] == at
    assert rules["remotes_required"] == remotes
    assert rules["rir_regions_required"] == regions
    assert rules["distance_min_km"] == 500
    assert rules["caa_window_hours"] == 8
    allowed = rules["allowed_non_corroborations"]
    assert [allowed[str(n)] for n in (2, 4, 5, 6, 7)] == [1, 1, 1, 2, 2]
    for rule in rules["rules"]:
        assert RULE <= set(rule)
        assert rule["from"] <= at
        assert rule["until"] is None or rule["until"] > at


def test_rules_name_what_changes_next():
    rules = json.loads(system.parallax("rules", "--at", "2026-11-22", "--json").stdout)
    assert "2026-12-15" in json.dumps(rules["next_changes"])
    text = system.parallax("rules", "--at", "2026-11-22").stdout
    assert "SC-067" in text and "2026-12-15" in text


# --- Evidence -------------------------------------------------------------------------------------


def test_evidence(cluster):
    order = f"evidence-{os.getpid()}"
    status, answer = system.order(cluster, ["carol@one-liar.alder", "alice@denies.alder"], id=order)
    assert status == 200
    (record,) = [each for each in system.evidence(cluster, "--order", order)
                 if each["kind"] == "decision"]
    assert record["outcome"] == "refused"
    assert record["client"] == "lab-client"
    assert record["names"] == ["carol@one-liar.alder", "alice@denies.alder"]
    assert record["index"] == answer["evidence"]["index"]
    by_name = system.evidence(cluster, "--name", "carol@one-liar.alder")
    assert record["index"] in [each["index"] for each in by_name]
    refused = system.evidence(cluster, "--outcome", "refused", "--from", record["recorded"])
    assert record["index"] in [each["index"] for each in refused]
    # Remotes that answer late about one name may do so before the other is decided.
    earlier = system.evidence(cluster, "--order", order, "--until", record["recorded"])
    assert [each for each in earlier if each["kind"] == "decision"] == []

    body = system.evidence_body(cluster, order)
    assert body == system.evidence_body(cluster, record["index"])
    assert (body["outcome"], body["lab"]) == ("refused", True)
    liar, denied = body["names"]
    assert (liar["outcome"], liar["quorum"]["text"]) == ("permitted", "4/5")
    assert (denied["outcome"], denied["reason"]) == ("refused", "issuer-not-authorized")
    remotes = {each["code"]: each for each in body["checks"][0]["remotes"]}
    assert list(remotes) == system.REMOTES[:5]
    assert all(each["observation"]["signature"] for each in remotes.values() if each["observation"])
    assert {"id", "document", "version", "section", "ballot"} <= set(body["rules"][0])
    assert body["configuration"]


def test_evidence_for_people(cluster):
    done = system.parallax("evidence", "list", "--database", cluster.database, "--limit", "3")
    assert done.returncode == 0
    assert done.stdout.splitlines()[0].split()[:4] == ["index", "recorded", "kind", "outcome"]
    done = system.parallax("evidence", "show", "--database", cluster.database, "0")
    assert done.returncode == 0
    assert "leaf hash" in done.stdout


def test_evidence_that_is_not_there(cluster, tmp_path):
    done = system.parallax("evidence", "show", "--database", cluster.database, "no-such-order")
    assert done.returncode == UNDETERMINED
    assert "no-such-order" in done.stderr
    done = system.parallax("evidence", "list", "--database", tmp_path / "nothing")
    assert done.returncode == UNDETERMINED
    assert "nothing" in done.stderr
    assert not (tmp_path / "nothing").exists()


# --- Tokens and keys ------------------------------------------------------------------------------


def test_tokens(tmp_path):
    file = tmp_path / "clients.json"
    add = ("token", "add", "--clients", file, "ra", "--issuer", "ca.example")
    done = system.parallax(*add)
    assert done.returncode == 0
    token = done.stdout.strip()
    assert token not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    listing = system.parallax("token", "list", "--clients", file).stdout
    assert "ra" in listing and "ca.example" in listing and token not in listing
    assert system.parallax("token", "revoke", "--clients", file, "nobody").returncode != 0
    assert system.parallax("token", "revoke", "--clients", file, "ra").returncode == 0
    assert "ca.example" not in file.read_text()
    assert system.parallax("token", "add", "--clients", file, "x", "--issuer",
                           "a..b").returncode == USAGE
    assert system.parallax("token", "add", "--clients", file, "x").returncode == USAGE


def test_pki_init(tmp_path):
    directory = tmp_path / "pki"
    init = ("pki", "init", directory, "--primary", "here", "--remote", "eu-1=192.0.2.1",
            "--remote", "us-1=us.example")
    done = system.parallax(*init)
    assert done.returncode == 0
    assert 'eu-1: public_key = "' in done.stdout
    for file in directory.iterdir():
        private = file.suffix == ".key"
        assert stat.S_IMODE(file.stat().st_mode) == (0o600 if private else 0o644), file
    before = {file.name: file.read_bytes() for file in directory.iterdir()}
    assert {"ca.crt", "ca.key", "coordinator.crt", "server.crt", "eu-1.crt", "us-1.signing.key",
            "here.signing.pub"} <= set(before)
    again = system.parallax(*init)  # keys in use are never overwritten
    assert again.returncode != 0
    assert before == {file.name: file.read_bytes() for file in directory.iterdir()}
