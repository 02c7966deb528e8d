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
database:
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


class KnotServer:
    """One knotd: the zones it holds and the addresses it answers on."""

    def __init__(self, directory, addresses, workers=1):
        self._dir = pathlib.Path(directory)
        self._addresses = addresses
        self._workers = workers
        self._zones = {}
        self._process = None
        (self._dir / "zones").mkdir(parents=True)

    def add(self, zone, text):
        """Serves `zone` (without trailing dot; "." is the root) from this text."""
        path = self._dir / "zones" / f"{zone if zone != '.' else 'root'}.zone"
        path.write_text(text, encoding="ascii")
        self.add_file(zone, path)

    def add_file(self, zone, path):
        self._zones[zone] = path

    def start(self):
        listen = ", ".join(f'"{address}@{PORT}"' for address in self._addresses)
        text = CONFIGURATION.format(dir=self._dir, zones=self._dir / "zones",
                                    workers=self._workers, listen=listen)
        text += "".join(f'  - domain: "{zone}"\n    file: "{path}"\n'
                        for zone, path in self._zones.items())
        config = self._dir / "knot.conf"
        config.write_text(text, encoding="ascii")
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
