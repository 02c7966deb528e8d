# SPDX-License-Identifier: Apache-2.0
"""A coordinator and its remotes as processes of their own inside the lab, mTLS between them."""

import http.client
import json
import os
import select
import signal
import socket
import ssl
import subprocess
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
EXECUTABLE = Path(os.environ.get("PARALLAX_EXECUTABLE",
                                 REPOSITORY / "build" / "release" / "parallax"))

# code, registry, "latitude, longitude", provider: seven remotes, in five regions.
LOG_ORIGIN = "lab.example/parallax"
PRIMARY = ("primary-fra", "RIPE NCC", "50.11, 8.68", "lab, Frankfurt")
REMOTES = [
    ("us-ashburn", "ARIN", "39.04, -77.49", "lab, Ashburn"),
    ("br-saopaulo", "LACNIC", "-23.55, -46.63", "lab, Sao Paulo"),
    ("sg-singapore", "APNIC", "1.35, 103.82", "lab, Singapore"),
    ("za-johannesburg", "AFRINIC", "-26.20, 28.05", "lab, Johannesburg"),
    ("se-stockholm", "RIPE NCC", "59.33, 18.07", "lab, Stockholm"),
    ("jp-tokyo", "APNIC", "35.68, 139.69", "lab, Tokyo"),
    ("us-portland", "ARIN", "45.52, -122.68", "lab, Portland"),
]
ISSUER = "ca.example"
START_TIMEOUT_S = 30
STOP_TIMEOUT_S = 30
LOG_POLL_MS = 10
FIRST_REMOTE_PORT = 9441


class DidNotStart(RuntimeError):
    """A process ended, or said nothing for too long, before it served; holds what it logged."""


class Cluster:
    """Starts, asks and stops the processes. Use as a context manager inside the lab.

    `settings` and `remote_settings` are TOML added to the sections of the coordinator's and the
    remotes' files. `edit(name, text)`, if given, has the last word on each file; the coordinator's
    name is "coordinator", a remote's is its code.
    """

    def __init__(self, directory, remotes=5, settings="", remote_settings="", port=8443,
                 issuers=(ISSUER,), listen_fd=None, executable=EXECUTABLE,
                 first_remote_port=FIRST_REMOTE_PORT, edit=None, command="coordinator"):
        self.directory = Path(directory)
        self.remotes = REMOTES[:remotes]
        self.settings = settings
        self.remote_settings = remote_settings
        self.port = port
        self.issuers = issuers
        self.listen_fd = listen_fd
        self.executable = str(executable)
        self.first_remote_port = first_remote_port
        self.edit = edit or (lambda _name, text: text)
        self.command = command
        self.sources = [pair.split(",") for pair in os.environ["PARALLAX_LAB_SOURCES"].split()]
        self.processes = {}
        self.log_starts = {}  # where the log of the process that runs now begins in its file
        self.token = None
        self.tls = None

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    # --- files -----------------------------------------------------------------------------------

    @property
    def pki(self):
        return self.directory / "pki"

    @property
    def database(self):
        return self.directory / "evidence.sqlite"

    @property
    def ca_file(self):
        return self.pki / "ca.crt"

    def run(self, *arguments):
        return subprocess.run([self.executable, *arguments], check=True, capture_output=True,
                              text=True).stdout

    def make_pki(self):
        remotes = [part for code, *_ in self.remotes for part in ("--remote", f"{code}=127.0.0.1")]
        self.run("pki", "init", str(self.pki), "--primary", PRIMARY[0],
                 "--log-origin", LOG_ORIGIN, *remotes)
        issuers = [part for issuer in self.issuers for part in ("--issuer", issuer)]
        self.token = self.run("token", "add", "--clients", str(self.directory / "clients.json"),
                              "lab-client", *issuers).strip()
        token_file = self.directory / "token"
        token_file.write_text(self.token + "\n")
        token_file.chmod(0o600)

    def common(self, source, peer):
        anchors = os.environ["PARALLAX_LAB_TRUST_ANCHORS"]
        hints = os.environ["PARALLAX_LAB_ROOT_HINTS"]
        return f"""
[lab]
enabled = true
[dns]
trust_anchors = "{anchors}"
root_hints = "{hints}"
outgoing_interfaces = {json.dumps(source)}
{{dns}}
[peer]
certificate = "{self.pki}/{peer}.crt"
key = "{self.pki}/{peer}.key"
ca = "{self.ca_file}"
"""

    def remote_config(self, index):
        code = self.remotes[index][0]
        sections = split_sections(self.remote_settings)
        text = self.common(self.sources[index + 1], code).format(dns=sections.pop("dns", ""))
        text += f"""
[perspective]
code = "{code}"
signing_key = "{self.pki}/{code}.signing.key"
[server]
listen = "127.0.0.1:{self.first_remote_port + index}"
{sections.pop("server", "workers = 1")}
"""
        return text + join_sections(sections)

    def coordinator_config(self):
        sections = split_sections(self.settings)
        text = self.common(self.sources[0], "coordinator").format(dns=sections.pop("dns", ""))
        text += f"""
[server]
listen = "127.0.0.1:{self.port}"
certificate = "{self.pki}/server.crt"
key = "{self.pki}/server.key"
{sections.pop("server", "workers = 1")}
[clients]
file = "{self.directory}/clients.json"
[evidence]
database = "{self.database}"
log_origin = "{LOG_ORIGIN}"
log_key = "{self.pki}/log.signing.key"
[permit]
signing_key = "{self.pki}/permit.signing.key"
[primary]
code = "{PRIMARY[0]}"
signing_key = "{self.pki}/{PRIMARY[0]}.signing.key"
rir = "{PRIMARY[1]}"
location = "{PRIMARY[2]}"
provider = "{PRIMARY[3]}"
"""
        # A remote that does not validate must be declared so, or it never corroborates.
        validates = json.dumps("validate = false" not in (self.remote_settings or ""))
        for index, (code, rir, location, provider) in enumerate(self.remotes):
            key = (self.pki / f"{code}.signing.pub").read_text().strip()
            text += f"""
[[remotes]]
code = "{code}"
url = "https://127.0.0.1:{self.first_remote_port + index}"
public_key = "{key}"
rir = "{rir}"
location = "{location}"
provider = "{provider}"
bgp_mitigation = "none: a lab"
validates = {validates}
outgoing_interfaces = {json.dumps(self.sources[index + 1])}
"""
        return text + join_sections(sections)

    # --- processes -------------------------------------------------------------------------------

    def start(self):
        self.directory.mkdir(parents=True, exist_ok=True)
        self.make_pki()
        if self.command != "all-in-one":
            for index in range(len(self.remotes)):
                self.start_remote(index, wait=False)
            for code, *_ in self.remotes:
                self.wait_until_serving(code)
        self.start_coordinator()

    def write_config(self, name, text):
        path = self.directory / f"{name}.toml"
        path.write_text(self.edit(name, text))
        return path

    def start_remote(self, index, wait=True):
        code = self.remotes[index][0]
        path = self.write_config(code, self.remote_config(index))
        self.spawn(code, "perspective", path)
        if wait:
            self.wait_until_serving(code)

    def start_coordinator(self, preexec=None):
        path = self.write_config("coordinator", self.coordinator_config())
        self.spawn("coordinator", self.command, path, fd=self.listen_fd, preexec=preexec)
        self.wait_until_serving("coordinator")

    def restart_coordinator(self, listen_fd=None):
        self.terminate("coordinator")
        self.listen_fd = listen_fd
        self.start_coordinator()

    def log_file(self, name):
        return self.directory / f"{name}.log"

    def log(self, name):
        """What the process that runs under this name, or ran last, has logged."""
        with open(self.log_file(name), encoding="utf-8", errors="replace") as file:
            file.seek(self.log_starts[name])
            return file.read()

    def spawn(self, name, command, config, fd=None, preexec=None):
        environment = dict(os.environ)
        environment.pop("PARALLAX_LISTEN_FD", None)
        if fd is not None:
            environment["PARALLAX_LISTEN_FD"] = str(fd)
        with open(self.log_file(name), "ab") as log:
            self.log_starts[name] = log.tell()
            process = subprocess.Popen([self.executable, command, "--config", str(config)],
                                       stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                       env=environment, preexec_fn=preexec,
                                       pass_fds=() if fd is None else (fd,))
        self.processes[name] = process

    def wait_until_logged(self, name, marker, timeout_s=START_TIMEOUT_S):
        """True once the log holds `marker`; False if the process ended or time ran out first."""
        deadline = time.monotonic() + timeout_s
        end = os.pidfd_open(self.processes[name].pid)
        try:
            over = select.poll()
            over.register(end, select.POLLIN)
            while marker not in self.log(name):
                if over.poll(LOG_POLL_MS) or time.monotonic() > deadline:
                    return marker in self.log(name)
            return True
        finally:
            os.close(end)

    def wait_until_serving(self, name):
        kind = "coordinator" if name == "coordinator" else "perspective"
        if not self.wait_until_logged(name, f"{kind}-serving"):
            raise DidNotStart(f"{name} did not start:\n{self.log(name)}")

    def signal(self, name, number):
        self.processes[name].send_signal(number)

    def kill(self, name):
        self.processes[name].kill()
        self.processes[name].wait()

    def terminate(self, name):
        """Lets the process drain; its exit status."""
        self.processes[name].terminate()
        return self.processes[name].wait(timeout=STOP_TIMEOUT_S)

    def stop(self):
        for process in self.processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(timeout=STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()

    # --- asking ----------------------------------------------------------------------------------

    def tls_context(self):
        if self.tls is None:
            self.tls = ssl.create_default_context(cafile=str(self.ca_file))
        return self.tls

    def connect(self, timeout_s=60):
        """A bare TLS connection to the coordinator."""
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=timeout_s)
        return self.tls_context().wrap_socket(plain, server_hostname="127.0.0.1")

    def exchange(self, method, path, body=None, headers=None, token=True, timeout_s=60):
        """Returns (status, headers, octets)."""
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=timeout_s,
                                                 context=self.tls_context())
        sent = dict(headers or {})
        if token:
            sent.setdefault("Authorization", f"Bearer {self.token if token is True else token}")
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
        try:
            connection.request(method, path, body=body, headers=sent)
            response = connection.getresponse()
            return response.status, dict(response.headers), response.read()
        finally:
            connection.close()

    def request(self, method, path, body=None, headers=None, token=True, timeout_s=60):
        """Returns (status, headers, parsed JSON or text)."""
        status, headers, octets = self.exchange(method, path, body, headers, token, timeout_s)
        text = octets.decode()
        kind = headers.get("Content-Type", "")
        return status, headers, json.loads(text) if "json" in kind else text

    def order(self, names, kind="smime", issuers=None, **more):
        body = {"type": kind, "names": names, "issuers": list(issuers or self.issuers), **more}
        return self.request("POST", "/v1/corroborations", body)


def split_sections(text):
    """TOML text by section, so that settings given can go into sections written here."""
    sections, name = {}, None
    for line in text.splitlines():
        if line.startswith("["):
            name = line.strip().strip("[]")
            sections[name] = ""
        elif line.strip():
            sections[name] += line + "\n"
    return sections


def join_sections(sections):
    return "".join(f"[{name}]\n{body}" for name, body in sections.items())
