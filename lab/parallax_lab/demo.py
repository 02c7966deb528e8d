# SPDX-License-Identifier: Apache-2.0
"""The main job shown: orders sent to a coordinator with five remotes, in the lab's Internet."""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from parallax_lab import privilege
from parallax_lab.cluster import EXECUTABLE, REPOSITORY, Cluster

STOPPED = "us-ashburn"

# What is told, the names of the order, its type. One order each.
STORY = [
    ("a mailbox whose domain lets this CA issue", ["alice@permits.alder"], "smime"),
    ("several mailboxes, one order, an IDN among them",
     ["alice@permits.alder", "bob@permits.alder", "carol@bücher.alder"], "smime"),
    ("a CAA set of 1001 records", ["alice@thousand.alder"], "smime"),
    ("a TLS wildcard, where issuewild names another CA", ["*.issuewild.alder"], "tls"),
    ("CAA names another CA", ["alice@denies.alder"], "smime"),
    ("CAA forbids everybody", ["alice@forbids.alder"], "smime"),
    ("an expired signature: bogus, never permission", ["alice@expired.alder"], "smime"),
    ("SERVFAIL under a signed delegation", ["alice@servfail-secure.alder"], "smime"),
    ("one remote is lied to, and outvoted", ["alice@one-liar.alder"], "smime"),
    ("two remotes are lied to", ["alice@two-liars.alder"], "smime"),
    ("only the Primary sees the truth", ["alice@all-liars.alder"], "smime"),
]
WITH_STOPPED = ("one remote hangs (SIGSTOP) and delays nothing", ["alice@permits.alder"], "smime")


class Table:
    """Prints rows as they come, so that a slow order is seen to be slow."""

    COLUMNS = (("name", 27), ("outcome", 12), ("quorum", 6), ("DNSSEC", 13), ("rule", 39),
               ("time", 8))

    def head(self):
        print("  ".join(title.ljust(width) for title, width in self.COLUMNS))
        print("  ".join("-" * width for _, width in self.COLUMNS))

    def row(self, *cells):
        print("  ".join(cell.ljust(width) for cell, (_, width) in zip(cells, self.COLUMNS)),
              flush=True)


def rule_text(name):
    rule = name["decided_by"]
    return f"{rule['document']} {rule['section']} {rule['rule']}" if rule else "-"


def tell(cluster, table, story):
    """Sends one order and prints a row per name. Returns the answer."""
    title, names, kind = story
    started = time.monotonic()
    status, _, answer = cluster.order(names, kind)
    elapsed = time.monotonic() - started
    print(f"\n{title}")
    if status != 200:
        print(f"  the coordinator answered {status}: {answer}")
        return None
    for name in answer["names"]:
        table.row(name["name"], name["outcome"], name["quorum"], name["dnssec"], rule_text(name),
                  f"{elapsed * 1000:.0f} ms")
    return answer


def tell_all(cluster):
    answers = []
    table = Table()
    table.head()
    for story in STORY:
        answers.append(tell(cluster, table, story))
    cluster.signal(STOPPED, signal.SIGSTOP)
    answers.append(tell(cluster, table, WITH_STOPPED))
    cluster.signal(STOPPED, signal.SIGCONT)
    refused = next((name for answer in answers if answer for name in answer["names"]
                    if name["outcome"] == "refused"), None)
    if refused:
        print(f"\nWhat the support desk reads of {refused['name']}:\n  {refused['explanation']}")
    return all(answers)


def show_evidence(cluster):
    print(f"\nEvidence: {cluster.database}")
    print(f"  {EXECUTABLE} evidence list --database {cluster.database}")
    listing = subprocess.run([cluster.executable, "evidence", "list", "--limit", "4", "--database",
                              str(cluster.database)], capture_output=True, text=True, check=True)
    print("".join(f"  {line}\n" for line in listing.stdout.splitlines()), end="")


def show_curl(cluster, port):
    print(f"""
Send an order of your own:

  curl --cacert {cluster.ca_file} \\
       -H "Authorization: Bearer $(cat {cluster.directory}/token)" \\
       -H 'Content-Type: application/json' \\
       -d '{{"type": "smime", "names": ["alice@permits.alder"], "issuers": ["ca.example"]}}' \\
       https://localhost:{port}/v1/corroborations
""", flush=True)


def inside(serve, directory):
    """Runs in the lab: cluster, story, and with `serve` the wait for a signal."""
    fd = os.environ.get("PARALLAX_LISTEN_FD")
    port = int(os.environ.get("PARALLAX_DEMO_PORT", "8443"))
    print("starting a coordinator (with the Primary) and five remotes ...", flush=True)
    with Cluster(directory, port=port) as cluster:
        print(f"{len(cluster.processes)} processes serve, mTLS between them, five RIR regions\n")
        done = tell_all(cluster)
        show_evidence(cluster)
        if not serve:
            print("\n./run --serve keeps it running and tells how to send your own orders.")
            return 0 if done else 1
        # The same coordinator again, now on the socket that is reachable from outside the lab.
        cluster.restart_coordinator(listen_fd=int(fd))
        show_curl(cluster, port)
        print("Serving until Ctrl-C. Names to try: lab/lab describe", flush=True)
        try:
            signal.pause()
        except KeyboardInterrupt:
            print("stopping ...", flush=True)
        return 0


def outside(serve, port):
    """Opens the socket that must be reachable from here, and enters the lab with it."""
    privilege.go_on_with_sudo_if_needed(
        [str(Path(sys.argv[0]).resolve()), *sys.argv[1:]])
    if not EXECUTABLE.exists():
        print(f"demo: {EXECUTABLE} is not built; run ./run or make build", file=sys.stderr)
        return 69
    argv = [str(REPOSITORY / "lab" / "lab"), "exec", "--", str(Path(sys.argv[0]).resolve()),
            "--inside"]
    directory = REPOSITORY / "build" / "demo"
    subprocess.run(["rm", "-rf", str(directory)], check=True)
    directory.mkdir(parents=True)
    argv += ["--directory", str(directory)]
    if serve:
        listener = socket.create_server(("127.0.0.1", port), backlog=128)
        listener.set_inheritable(True)
        os.environ["PARALLAX_LISTEN_FD"] = str(listener.fileno())
        os.environ["PARALLAX_DEMO_PORT"] = str(listener.getsockname()[1])
        argv.append("--serve")
    os.execv(argv[0], argv)
    return 70


def main(arguments):
    parser = argparse.ArgumentParser(prog="lab/demo", description=__doc__)
    parser.add_argument("--serve", action="store_true", help="keep running, reachable from here")
    parser.add_argument("--port", type=int, default=8443, help="with --serve: port on 127.0.0.1")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--directory", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.inside:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.default_int_handler)
        try:
            return inside(options.serve, options.directory)
        except KeyboardInterrupt:
            return 130
    return outside(options.serve, options.port)
