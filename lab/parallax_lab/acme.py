# SPDX-License-Identifier: Apache-2.0
"""An ACME server (pebble) for third-party clients, behind a relay that tells what they claim.

Pebble validates in earnest, by the lab's name servers. The relay passes every octet on as it is.
It reads along which tokens the server gave and which key the client has, and holds a client's
"my challenge is ready" (RFC 8555 s7.5.1) until it is told to let go: meanwhile the challenge is up,
made by the client, for anybody to look at. The answer goes back once pebble has decided, so that no
client has to wait and ask again.
"""

import base64
import contextlib
import dataclasses
import hashlib
import http
import http.client
import http.server
import json
import os
import pathlib
import queue
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse

from parallax_lab import certificates
from parallax_lab.challenge import base64url
from parallax_lab.namespace import die_with_parent

PEBBLE = "/usr/bin/pebble"
ADDRESS = "127.0.6.50"
RELAY_PORT, PEBBLE_PORT, MANAGEMENT_PORT = 14000, 14001, 15000
START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 10.0
HOLD_TIMEOUT_S, DECISION_TIMEOUT_S = 20.0, 8.0  # clients give up on a server after 30 s
POLL_S = 0.01
BODY_MAX = 1 << 20
# No delays, no faults thrown in, no reuse of what an earlier test has shown.
PEBBLE_ENVIRONMENT = {"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0",
                      "PEBBLE_AUTHZREUSE": "0"}
# RFC 7638 s3.2, RFC 8037: the members of a key that its thumbprint is made from.
THUMBPRINT_MEMBERS = {"EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n"),
                      "OKP": ("crv", "kty", "x")}
DECIDED = re.compile(r"authz \S+ set (?:IN)?VALID by completed challenge (\S+)")
PER_CONNECTION = {"connection", "transfer-encoding", "keep-alive"}


@dataclasses.dataclass
class Claim:
    """A challenge that its client says is up. It stays so until release()."""
    name: str
    wildcard: bool
    type: str
    token: str
    thumbprint: str
    _let_go: threading.Event = dataclasses.field(default_factory=threading.Event)

    @property
    def key_authorization(self):
        return f"{self.token}.{self.thumbprint}"

    @property
    def digest(self):
        return hashlib.sha256(self.key_authorization.encode("ascii")).digest()

    def release(self):
        self._let_go.set()

    def hold(self):
        self._let_go.wait(HOLD_TIMEOUT_S)


def thumbprint(key):
    members = {name: key[name] for name in THUMBPRINT_MEMBERS[key["kty"]]}
    canonical = json.dumps(members, separators=(",", ":"), sort_keys=True)
    return base64url(hashlib.sha256(canonical.encode("ascii")).digest())


def _decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class _Listener:
    """What can be learned from the requests and answers that pass."""

    def __init__(self):
        self.claims = queue.SimpleQueue()
        self._challenges = {}  # path: (name, wildcard, type, token)
        self._accounts = {}    # account URL: thumbprint
        self._decided = {}     # last label of the path: event

    def claim(self, path, body):
        """Holds a request by which a client claims that a challenge is up; whether it is one."""
        challenge = self._challenges.get(path)
        if not challenge or not body:
            return False
        message = json.loads(body)
        if not message["payload"]:  # asks how it stands (RFC 8555 s6.3)
            return False
        account = json.loads(_decoded(message["protected"]))["kid"]
        claim = Claim(*challenge, self._accounts[account])
        self.claims.put(claim)
        claim.hold()
        return True

    def await_decision(self, path):
        self._decided[path.rpartition("/")[2]].wait(DECISION_TIMEOUT_S)

    def read_log(self, lines, copy):
        """Reads pebble's log to its end."""
        with copy:
            for line in lines:
                copy.write(line)
                copy.flush()
                found = DECIDED.search(line)
                if found:
                    self._decided[found[1]].set()

    def learn(self, body, headers, answer):
        """Notes new accounts and the challenges offered."""
        if body and headers.get("Location"):
            key = json.loads(_decoded(json.loads(body)["protected"])).get("jwk")
            if key:
                self._accounts[headers["Location"]] = thumbprint(key)
        if "json" not in headers.get("Content-Type", ""):
            return
        content = json.loads(answer)
        for challenge in content.get("challenges", ()):
            path = urllib.parse.urlsplit(challenge["url"]).path
            self._decided.setdefault(path.rpartition("/")[2], threading.Event())
            self._challenges[path] = (content["identifier"]["value"],
                                      content.get("wildcard", False), challenge["type"],
                                      challenge["token"])


def _handler(listener, trust):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self):
            size = int(self.headers.get("Content-Length", 0))
            if size > BODY_MAX:
                self.send_error(413)
                return
            body = self.rfile.read(size)
            claimed = listener.claim(self.path, body)
            with contextlib.closing(http.client.HTTPSConnection(
                    ADDRESS, PEBBLE_PORT, timeout=START_TIMEOUT_S, context=trust)) as server:
                server.request(self.command, self.path, body or None, dict(self.headers))
                answer = server.getresponse()
                content = answer.read()
            listener.learn(body, answer.headers, content)
            if claimed and answer.status == http.HTTPStatus.OK:
                listener.await_decision(self.path)
            self.send_response_only(answer.status, answer.reason)
            for name, value in answer.getheaders():
                if name.lower() not in PER_CONNECTION | {"content-length"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_HEAD = do_POST = _pass_on

        def log_message(self, *_):
            pass

    return Handler


class _RelayServer(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], OSError):  # clients come and go
            super().handle_error(request, client_address)


class AcmeServer:
    """Pebble and the relay. Use as a context manager inside the lab."""

    url = f"https://{ADDRESS}:{RELAY_PORT}/dir"

    def __init__(self, directory, name_server):
        self._dir = pathlib.Path(directory)
        self._name_server = name_server
        self._listener = _Listener()
        self._process = self._relay = self._thread = None
        self.ca_file = self._dir / "acme.crt"
        self._key_file = self._dir / "acme.key"

    def __enter__(self):
        self._dir.mkdir(exist_ok=True)
        key = certificates.new_key()
        self._key_file.write_bytes(certificates.key_pem(key))
        self.ca_file.write_bytes(certificates.pem(
            certificates.web_certificate(key, "acme.example", ADDRESS)))
        try:
            self._start_pebble()
            self._start_relay()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self._thread:
            self._relay.shutdown()
            self._thread.join()
            self._relay.server_close()
        if self._process:
            self._process.terminate()
            self._process.wait(STOP_TIMEOUT_S)

    def _start_relay(self):
        trust = ssl.create_default_context(cafile=str(self.ca_file))
        self._relay = _RelayServer((ADDRESS, RELAY_PORT), _handler(self._listener, trust))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.ca_file, self._key_file)
        self._relay.socket = context.wrap_socket(self._relay.socket, server_side=True,
                                                 do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._relay.serve_forever)
        self._thread.start()

    def _start_pebble(self):
        config = self._dir / "pebble.json"
        config.write_text(json.dumps({"pebble": {
            "listenAddress": f"{ADDRESS}:{PEBBLE_PORT}",
            "managementListenAddress": f"{ADDRESS}:{MANAGEMENT_PORT}",
            "certificate": str(self.ca_file), "privateKey": str(self._key_file),
            "httpPort": 80, "tlsPort": 443, "ocspResponderURL": "",
            "externalAccountBindingRequired": False}}), encoding="ascii")
        self._process = subprocess.Popen(
            [PEBBLE, "-config", config, "-dnsserver", f"{self._name_server}:53"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace", env={**os.environ, **PEBBLE_ENVIRONMENT},
            preexec_fn=die_with_parent)
        copy = open(self._dir / "pebble.log", "w", encoding="utf-8")
        threading.Thread(target=self._listener.read_log, args=(self._process.stdout, copy),
                         daemon=True).start()
        wait_until_listening(ADDRESS, PEBBLE_PORT, self._process)

    def log(self):
        """What pebble has to say: why it refused, among others."""
        return (self._dir / "pebble.log").read_text(errors="replace")

    def claims_of(self, process):
        """Yields each Claim that a client's process makes, until it ends; releases it after."""
        claims = self._listener.claims = queue.SimpleQueue()

        def tell_the_end():
            process.wait()
            claims.put(None)

        threading.Thread(target=tell_the_end, daemon=True).start()
        for claim in iter(claims.get, None):
            try:
                yield claim
            finally:
                claim.release()


def wait_until_listening(address, port, process):
    """Returns once somebody accepts connections there."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection((address, port), timeout=1):
            return
        time.sleep(POLL_S)
    process.kill()
    raise RuntimeError(f"nobody listens at {address}:{port}: {process.args[0]} did not start")
