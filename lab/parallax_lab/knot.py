# SPDX-License-Identifier: Apache-2.0
"""Runs instances of Knot DNS that serve ready-made zone files."""

import pathlib
import socket
import struct
import subprocess
import time

from parallax_lab.namespace import die_with_parent

START_TIMEOUT_S = 60.0
POLL_S = 0.01
PORT = 53

CONFIGURATION = """\
server:
    rundir: "{dir}"
    user: root:root
    udp-workers: {workers}
    tcp-workers: {workers}
    background-workers: 2
    tcp-io-timeout: 5000
    listen: [{listen}]
log:
  - target: "{dir}/knotd.log"
    any: warning
{updates}database:
    storage: "{dir}/db"
    journal-db-max-size: 1M
    kasp-db-max-size: 5M
    timer-db-max-size: 1M
template:
  - id: default
    storage: "{zones}"
    semantic-checks: off
    zonefile-load: whole
    zonefile-sync: -1
    journal-content: none
zone:
"""
# Zones that take dynamic updates (RFC 2136) of whoever holds the key; Knot signs what comes in.
UPDATES = """\
key:
  - id: {id}
    algorithm: {algorithm}
    secret: "{secret}"
acl:
  - id: updates
    key: {id}
    action: update
policy:
  - id: given
    manual: on
    single-type-signing: on
"""


class KnotServer:
    """One knotd: the zones it holds and the addresses it answers on."""

    def __init__(self, directory, addresses, workers=1, update_key=None):
        self._dir = pathlib.Path(directory)
        self._addresses = addresses
        self._workers = workers
        self._update_key = update_key
        self._zones = {}
        self._dynamic = {}  # zone: PEM of the key it is signed with, or None
        self._process = None
        for folder in ("zones", "db"):
            (self._dir / folder).mkdir(parents=True)

    def add(self, zone, text):
        """Serves `zone` (without trailing dot; "." is the root) from this text."""
        path = self._dir / "zones" / f"{zone if zone != '.' else 'root'}.zone"
        path.write_text(text, encoding="ascii")
        self.add_file(zone, path)

    def add_file(self, zone, path):
        self._zones[zone] = path

    def add_dynamic(self, zone, text, key_pem):
        """Serves `zone` from unsigned text and takes updates; signs with `key_pem` if given."""
        self.add(zone, text)
        self._dynamic[zone] = key_pem

    def _zone_lines(self, zone, path):
        lines = f'  - domain: "{zone}"\n    file: "{path}"\n'
        if zone in self._dynamic:
            lines += "    acl: updates\n"
        if self._dynamic.get(zone):
            lines += "    dnssec-signing: on\n    dnssec-policy: given\n"
        return lines

    def _import_keys(self, config):
        for zone, key_pem in self._dynamic.items():
            if key_pem:
                path = self._dir / f"{zone}.pem"
                path.write_bytes(key_pem)
                subprocess.run(["/usr/sbin/keymgr", "-c", config, zone, "import-pem", path,
                                "algorithm=13", "ksk=yes", "zsk=yes"], check=True,
                               stdout=subprocess.DEVNULL)

    def start(self):
        listen = ", ".join(f'"{address}@{PORT}"' for address in self._addresses)
        updates = UPDATES.format(**self._update_key) if self._dynamic else ""
        text = CONFIGURATION.format(dir=self._dir, zones=self._dir / "zones", updates=updates,
                                    workers=self._workers, listen=listen)
        text += "".join(self._zone_lines(zone, path) for zone, path in self._zones.items())
        config = self._dir / "knot.conf"
        config.write_text(text, encoding="ascii")
        self._import_keys(config)
        self._process = subprocess.Popen(["/usr/sbin/knotd", "-c", config],
                                         stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                         stderr=subprocess.PIPE, preexec_fn=die_with_parent)

    def wait_ready(self):
        """Returns once it answers; it starts to answer when all zones are loaded."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while not answers(self._addresses[0]):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self._process.kill()
                log = self._dir / "knotd.log"
                raise RuntimeError("knotd did not start: " + self._process.stderr.read().decode()
                                   + (log.read_text() if log.exists() else ""))
            time.sleep(POLL_S)


def answers(address):
    """Whether a DNS server answers a question for the root's SOA at `address`."""
    query = struct.pack("!HHHHHH", 1, 0, 1, 0, 0, 0) + b"\x00" + struct.pack("!HH", 6, 1)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as client:
        client.settimeout(0.1)
        client.connect((address, PORT))
        try:
            client.send(query)
            return len(client.recv(512)) >= 12
        except OSError:
            return False
