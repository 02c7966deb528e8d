# SPDX-License-Identifier: Apache-2.0
"""Thousands of zones signed with keys of their own, so that no cache helps; kept on disk.

Each has a CAA set, the challenges of some DNS methods, and the addresses of nginx.
"""

import fcntl
import hashlib
import json
import multiprocessing
import os
import pathlib
import shutil
import sys
import time

import dns.rdata
import dns.rdataclass
import dns.rdatatype

from parallax_lab import challenge, signing, zones

TLD = "bench"
ADDRESS = "127.0.1.5"
WEB_ADDRESSES = ("127.0.6.1", "fd00:6::1")  # the site `main` of control.yaml
CONTROL_RECORDS = (
    '_acme-challenge TXT "<DIGEST>"',
    '_validation-persist TXT "ca.example; accounturi=<ACCOUNT>"',
    f"@ A {WEB_ADDRESSES[0]}",
    f"@ AAAA {WEB_ADDRESSES[1]}",
)
ALGORITHM = 13
LIFETIME_S = 365 * signing.DAY_S
MAX_AGE_S = LIFETIME_S // 2
CACHE = pathlib.Path(__file__).resolve().parents[2] / "build" / "lab-bench"


def zone_name(number):
    return f"z{number:05}.{TLD}"


def _sign(nodes, origin, key, denial):
    signer = signing.Signer(origin, key, lifetime_s=LIFETIME_S)
    signing.sign_zone(nodes, origin, key, signer, denial, zones.NEGATIVE_TTL_S)
    return zones.to_text(nodes)


def _write_zone(job):
    """One zone; returns its name and DS."""
    directory, number, issuer = job
    name = zone_name(number)
    origin = zones.absolute(name)
    key = signing.Key(ALGORITHM)
    nodes = {}
    zones.start_of_authority(nodes, origin)
    zones.add_delegation(nodes, name, [(ADDRESS,)], [])
    zones.add_text(nodes, origin, f'@ CAA 0 issuemail "{issuer}"')
    zones.add_text(nodes, origin, f'@ CAA 0 issue "{issuer}"')
    for record in CONTROL_RECORDS:
        zones.add_text(nodes, origin, challenge.fill_in(record))
    (directory / f"{name}.zone").write_text(_sign(nodes, origin, key, "nsec"), encoding="ascii")
    return name, key.ds(origin).to_text()


def _ds(text):
    return dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.DS, text)


def _write_tld(directory, children, server_addresses):
    origin = zones.absolute(TLD)
    key = signing.Key(ALGORITHM)
    nodes = {}
    zones.start_of_authority(nodes, origin)
    zones.add_delegation(nodes, TLD, [server_addresses], [])
    for name, ds in children:
        zones.add_delegation(nodes, name, [(ADDRESS,)], [_ds(ds)])
    (directory / f"{TLD}.zone").write_text(_sign(nodes, origin, key, "nsec"), encoding="ascii")
    return key.ds(origin).to_text()


def _code_version():
    """What the files on disk depend on."""
    sources = [pathlib.Path(module.__file__).read_bytes()
               for module in (challenge, signing, zones)]
    return hashlib.sha256(b"".join(sources) + pathlib.Path(__file__).read_bytes()).hexdigest()


class BenchZones:
    """The zones on disk; generates what is missing or old."""

    def __init__(self, count, issuer, server_addresses):
        self.directory = pathlib.Path(os.environ.get("PARALLAX_LAB_CACHE", CACHE)) / str(count)
        self._stamp = {"version": _code_version(), "count": count, "issuer": issuer,
                       "servers": list(server_addresses)}
        self.directory.parent.mkdir(parents=True, exist_ok=True)
        with open(self.directory.with_suffix(".lock"), "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # another lab may be signing the same zones
            state = self._state() or self._generate(count, issuer, server_addresses)
        self.tld_ds = [_ds(state["ds"])]
        self.names = [zone_name(number) for number in range(count)]
        self.names_file = self.directory / "names.txt"
        self.tld_file = self.directory / f"{TLD}.zone"

    def file(self, name):
        return self.directory / f"{name}.zone"

    def _state(self):
        try:
            state = json.loads((self.directory / "state.json").read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None
        fresh = 0 <= time.time() - state.pop("made", 0) < MAX_AGE_S
        return state if fresh and {**state, **self._stamp} == state else None

    def _generate(self, count, issuer, server_addresses):
        print(f"lab: signing {count} zones in {self.directory} (once)", file=sys.stderr)
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)
        jobs = ((self.directory, number, issuer) for number in range(count))
        with multiprocessing.Pool() as pool:
            children = list(pool.imap_unordered(_write_zone, jobs, chunksize=64))
        state = {**self._stamp, "ds": _write_tld(self.directory, children, server_addresses)}
        names = "".join(f"{zone_name(number)}\n" for number in range(count))
        (self.directory / "names.txt").write_text(names, encoding="ascii")
        (self.directory / "state.json").write_text(
            json.dumps({**state, "made": int(time.time())}), encoding="ascii")
        return state
