# SPDX-License-Identifier: Apache-2.0
"""A coordinator and its remotes as processes of their own inside the lab, mTLS between them."""

import http.client
import json
import os
import signal
import ssl
import subprocess
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
EXECUTABLE = Path(os.environ.get("PARALLAX_EXECUTABLE",
                                 REPOSITORY / "build" / "release" / "parallax"))

# code, registry, "latitude, longitude", provider: seven remotes, in five regions.
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
FIRST_REMOTE_PORT = 9441


class Cluster:
    """Starts, asks and stops the processes. Use as a context manager inside the lab."""

    def __init__(self, directory, remotes=5, settings="", remote_settings="", port=8443,
                 issuers=(ISSUER,), listen_fd=None, executable=EXECUTABLE):
        self.directory = Path(directory)
        self.remotes = REMOTES[:remotes]
        self.settings = settings
        self.remote_settings = remote_settings
        self.port = port
        self.issuers = issuers
        self.listen_fd = listen_fd
        self.executable = str(executable)
        self.sources = [pair.split(",") for pair in os.environ["PARALLAX_LAB_SOURCES"].split()]
        self.processes = {}
        self.token = None

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
        self.run("pki", "init", str(self.pki), "--primary", PRIMARY[0], *remotes)
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
listen = "127.0.0.1:{FIRST_REMOTE_PORT + index}"
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
[primary]
code = "{PRIMARY[0]}"
signing_key = "{self.pki}/{PRIMARY[0]}.signing.key"
rir = "{PRIMARY[1]}"
location = "{PRIMARY[2]}"
provider = "{PRIMARY[3]}"
"""
        for index, (code, rir, location, provider) in enumerate(self.remotes):
            key = (self.pki / f"{code}.signing.pub").read_text().strip()
            text += f"""
[[remotes]]
code = "{code}"
url = "https://127.0.0.1:{FIRST_REMOTE_PORT + index}"
public_key = "{key}"
rir = "{rir}"
location = "{location}"
provider = "{provider}"
bgp_mitigation = "none: a lab"
"""
        return text + join_sections(sections)

    # --- processes -------------------------------------------------------------------------------

    def start(self):
        self.directory.mkdir(parents=True, exist_ok=True)
        self.make_pki()
        for index, (code, *_) in enumerate(self.remotes):
            self.start_remote(index)
        self.start_coordinator()

    def start_remote(self, index):
        code = self.remotes[index][0]
        path = self.directory / f"{code}.toml"
        path.write_text(self.remote_config(index))
        self.spawn(code, "perspective", path)

    def start_coordinator(self):
        path = self.directory / "coordinator.toml"
        path.write_text(self.coordinator_config())
        self.spawn("coordinator", "coordinator", path, fd=self.listen_fd)

    def restart_coordinator(self, listen_fd=None):
        self.stop_one("coordinator")
        self.log_file("coordinator").rename(self.directory / "coordinator.previous.log")
        self.listen_fd = listen_fd
        self.start_coordinator()

    def log_file(self, name):
        return self.directory / f"{name}.log"

    def spawn(self, name, command, config, fd=None):
        environment = dict(os.environ)
        environment.pop("PARALLAX_LISTEN_FD", None)
        if fd is not None:
            environment["PARALLAX_LISTEN_FD"] = str(fd)
        with open(self.log_file(name), "ab") as log:
            process = subprocess.Popen([self.executable, command, "--config", str(config)],
                                       stdout=log, stderr=log, env=environment,
                                       pass_fds=() if fd is None else (fd,))
        self.processes[name] = process
        self.wait_until_serving(name)

    def wait_until_serving(self, name):
        deadline = time.monotonic() + START_TIMEOUT_S
        marker = f"{'coordinator' if name == 'coordinator' else 'perspective'}-serving"
        while time.monotonic() < deadline:
            if marker in self.log_file(name).read_text(errors="replace"):
                return
            if self.processes[name].poll() is not None:
                break
            time.sleep(0.02)
        raise RuntimeError(f"{name} did not start:\n{self.log_file(name).read_text()}")

    def signal(self, name, number):
        self.processes[name].send_signal(number)

    def stop_one(self, name):
        process = self.processes.pop(name)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)

    def stop(self):
        for process in self.processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.send_signal(signal.SIGTERM)
        for name, process in self.processes.items():
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()

    # --- asking ----------------------------------------------------------------------------------

    def request(self, method, path, body=None, headers=None, token=True, timeout_s=60):
        """Returns (status, headers, parsed JSON or text)."""
        context = ssl.create_default_context(cafile=str(self.ca_file))
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=context,
                                                 timeout=timeout_s)
        sent = dict(headers or {})
        if token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
            sent.setdefault("Content-Type", "application/json")
        try:
            connection.request(method, path, body=body, headers=sent)
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        kind = response.headers.get("Content-Type", "")
        return response.status, dict(response.headers), json.loads(text) if "json" in kind else text

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
