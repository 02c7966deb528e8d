# SPDX-License-Identifier: Apache-2.0
"""Third-party ACME clients, as Debian ships them, that set up a challenge at one address of the
lab or in a zone that takes updates. Each runs against the lab's ACME server."""

import contextlib
import dataclasses
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from parallax_lab import acme, namespace

ADDRESS = "127.0.6.40"
NAME_SERVER = "127.0.1.3"
BACKEND_HTTP_PORT, BACKEND_TLS_PORT = 8080, 8443
RUN_TIMEOUT_S = 60
APACHE_USER = 33  # www-data of Debian's base-passwd
MODULES = "/usr/lib/apache2/modules"


@dataclasses.dataclass
class Place:
    """Where a client runs: its ACME server and a directory for what it keeps."""
    server: acme.AcmeServer
    directory: pathlib.Path
    more_logs: list = dataclasses.field(default_factory=list)

    @property
    def _output(self):
        return self.directory / "output.log"

    def log(self):
        """What all that took part had to say."""
        logs = [self._output, *self.more_logs]
        return "".join(log.read_text(errors="replace") for log in logs) + self.server.log()

    def start(self, *command, **environment):
        """Starts a program; what it says goes to the log."""
        with open(self._output, "ab") as log:
            return subprocess.Popen(
                ["/usr/bin/timeout", str(RUN_TIMEOUT_S), *map(str, command)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, **environment}, preexec_fn=namespace.die_with_parent)

    def write(self, name, text, mode=0o600):
        path = self.directory / name
        path.write_text(text, encoding="ascii")
        path.chmod(mode)
        return path


@dataclasses.dataclass
class Run:
    """A client at work: ends with status 0 once the ACME server has issued. `at_claim` is what
    is left to do when it says that its challenge is up."""
    process: subprocess.Popen
    at_claim: object = lambda: None


@contextlib.contextmanager
def stopping(*processes):
    try:
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(acme.STOP_TIMEOUT_S)


@contextlib.contextmanager
def running(process):
    with stopping(process):
        yield Run(process)


def update_key():
    """(algorithm, name, secret) of the key under which zones take updates."""
    return pathlib.Path(os.environ["PARALLAX_LAB_UPDATE_KEY"]).read_text().strip().split(":")


def options(option, values):
    return [word for value in values for word in (option, value)]


def _well_known(place):
    path = place.directory / "www" / ".well-known" / "acme-challenge"
    path.mkdir(parents=True, exist_ok=True)
    return path


def _saying(words, *command):
    """A server that runs, and has said what it says when it is ready."""
    process = subprocess.Popen([*map(str, command)], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               preexec_fn=namespace.die_with_parent)
    for line in process.stdout:
        if line.startswith(words):
            return process
    process.wait()
    raise RuntimeError(f"{command[0]} ended with {process.returncode}")


def _web_server(place):
    """Python's own, with the files below www."""
    _well_known(place)
    return _saying(b"Serving", sys.executable, "-u", "-m", "http.server", "80", "--bind", ADDRESS,
                   "--directory", place.directory / "www")


# --- lego -----------------------------------------------------------------------------------------


def _lego(place, names, *how, **environment):
    return running(place.start(
        "/usr/bin/lego", "--server", place.server.url, "--accept-tos", "--email", "a@b.example",
        "--path", place.directory, *options("--domains", names), *how, "run",
        LEGO_CA_CERTIFICATES=str(place.server.ca_file), **environment))


def lego_http(place, names):
    return _lego(place, names, "--http", "--http.port", f"{ADDRESS}:80")


@contextlib.contextmanager
def lego_http_unserved(place, names):
    """Puts the challenge where no web server looks."""
    with stopping(_web_server(place)), _lego(place, names, "--http", "--http.webroot",
                                             place.directory) as run:
        yield run


def lego_tls(place, names):
    return _lego(place, names, "--tls", "--tls.port", f"{ADDRESS}:443")


def lego_dns(place, names):
    algorithm, name, secret = update_key()
    return _lego(place, names, "--dns", "rfc2136", "--dns.resolvers", f"{NAME_SERVER}:53",
                 "--dns.disable-cp", RFC2136_NAMESERVER=f"{NAME_SERVER}:53",
                 RFC2136_TSIG_ALGORITHM=f"{algorithm}.", RFC2136_TSIG_KEY=name,
                 RFC2136_TSIG_SECRET=secret)


# --- certbot --------------------------------------------------------------------------------------


def _certbot(place, names, *how):
    here = place.directory
    return running(place.start(
        "/usr/bin/certbot", "certonly", "--non-interactive", "--server", place.server.url,
        "--agree-tos", "--register-unsafely-without-email", "--config-dir", here / "config",
        "--work-dir", here / "work", "--logs-dir", here / "logs", *options("-d", names), *how,
        REQUESTS_CA_BUNDLE=str(place.server.ca_file)))


def certbot_http(place, names):
    return _certbot(place, names, "--standalone", "--http-01-address", ADDRESS)


def certbot_dns(place, names):
    algorithm, name, secret = update_key()
    credentials = place.write("rfc2136.ini", f"""\
dns_rfc2136_server = {NAME_SERVER}
dns_rfc2136_name = {name}.
dns_rfc2136_secret = {secret}
dns_rfc2136_algorithm = {algorithm.upper()}
""")
    return _certbot(place, names, "--dns-rfc2136", "--dns-rfc2136-propagation-seconds", "0",
                    "--dns-rfc2136-credentials", credentials)


# --- dehydrated -----------------------------------------------------------------------------------

DEHYDRATED = """\
dehydrated --register --accept-terms --config "$0"
exec dehydrated --cron --config "$0" "$@"
"""
TLS_HOOK = """\
#!/bin/sh
case $1 in
  deploy_challenge)
    openssl s_server -accept {address}:443 -alpn acme-tls/1 -www \\
      -cert {here}/alpn-certs/"$2".crt.pem -key {here}/alpn-certs/"$2".key.pem &
    echo $! > {here}/responder ;;
  clean_challenge) kill "$(cat {here}/responder)" ;;
esac
"""


def _dehydrated(place, names, kind, hook):
    config = place.write("config", f"""\
CA={place.server.url}
CURL_OPTS="--cacert {place.server.ca_file}"
BASEDIR={place.directory}
WELLKNOWN={place.directory}
CHALLENGETYPE={kind}
KEYSIZE=2048
KEY_ALGO=prime256v1
HOOK={hook}
""")
    return place.start("/bin/sh", "-e", "-c", DEHYDRATED, config, *options("--domain", names))


@contextlib.contextmanager
def dehydrated_tls(place, names):
    """It makes the certificate; OpenSSL's test server shows it."""
    hook = place.write("hook", TLS_HOOK.format(address=ADDRESS, here=place.directory), 0o700)
    with running(_dehydrated(place, names, "tls-alpn-01", hook)) as run:
        run.at_claim = lambda: acme.wait_until_listening(ADDRESS, 443, run.process)
        yield run


# --- uacme ----------------------------------------------------------------------------------------

UACME_HTTP_HOOK = """\
#!/bin/sh
[ "$2" = http-01 ] || exit 1
case $1 in
  begin) printf %s "$5" > {well_known}/"$4" ;;
  *) rm {well_known}/"$4" ;;
esac
"""
UACME_DNS_HOOK = """\
#!/bin/sh
[ "$2" = dns-01 ] || exit 1
case $1 in
  begin) change=add ;;
  *) change=del ;;
esac
knsupdate -k "$PARALLAX_LAB_UPDATE_KEY" <<END
server {server}
zone {zone}
$change _acme-challenge.$3. 60 TXT "$5"
send
END
"""
UACME_TLS_HOOK = """\
#!/bin/sh
[ "$2" = tls-alpn-01 ] || exit 1
case $1 in
  begin) echo "auth $3 $5" ;;
  *) echo "unauth $3" ;;
esac | ualpn --sock={socket} | grep -qx OK
"""


# It trusts what the machine trusts, and has no option for more.
UACME = """\
hook=$0 url=$1 trust=$2 here=$3
shift 3
mount --bind "$trust" /etc/ssl/certs/ca-certificates.crt
uacme -y -t EC -c "$here" -a "$url" new
exec uacme -y -t EC -c "$here" -a "$url" -h "$hook" issue "$@"
"""


def _uacme(place, names, hook):
    return place.start("unshare", "--mount", "/bin/sh", "-e", "-c", UACME, hook, place.server.url,
                       place.server.ca_file, place.directory / "uacme", *names)


@contextlib.contextmanager
def uacme_http(place, names):
    hook = place.write("hook", UACME_HTTP_HOOK.format(well_known=_well_known(place)), 0o700)
    with stopping(_web_server(place)), running(_uacme(place, names, hook)) as run:
        yield run


def uacme_dns(place, names):
    """With Knot's client for updates."""
    hook = place.write("hook", UACME_DNS_HOOK.format(server=NAME_SERVER, zone="acme.alder"), 0o700)
    return running(_uacme(place, names, hook))


@contextlib.contextmanager
def uacme_tls(place, names):
    """With ualpn, the responder that comes with it."""
    socket = place.directory / "ualpn.sock"
    responder = place.start("ualpn", f"--bind={ADDRESS}@443", f"--connect={ADDRESS}@9",
                            f"--sock={socket}", f"--pidfile={place.directory / 'ualpn.pid'}",
                            "--num-workers=8")
    with stopping(responder):
        acme.wait_until_listening(ADDRESS, 443, responder)
        hook = place.write("hook", UACME_TLS_HOOK.format(socket=socket), 0o700)
        with running(_uacme(place, names, hook)) as run:
            yield run


# --- Apache ---------------------------------------------------------------------------------------

APACHE_CONFIGURATION = """\
ServerRoot {here}
ServerName {name}
PidFile {here}/pid
ErrorLog {here}/error.log
LogLevel warn md:debug
Mutex file:{here} default
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule ssl_module {modules}/mod_ssl.so
LoadModule md_module {modules}/mod_md.so
Listen {address}:{http}
Listen {address}:{tls}
Protocols http/1.1 acme-tls/1
MDPortMap http:{http} https:{tls}
MDStoreDir {here}/md
MDCertificateAuthority {url}
MDCACertificateFile {here}/ca.crt
MDCertificateAgreement accepted
MDContactEmail a@b.example
MDPrivateKeys secp384r1
MDCAChallenges {kind}
MDMessageCmd {here}/message
MDomain {name}
<VirtualHost *:{http}>
  ServerName {name}
</VirtualHost>
<VirtualHost *:{tls}>
  ServerName {name}
  SSLEngine on
</VirtualHost>
"""
APACHE_MESSAGE = """\
#!/bin/sh
case $1 in renewed | errored) echo "$1" > {here}/outcome ;; esac
"""
FIFO = "outcome"
# Apache refuses to serve as root, which is who we are in the lab; root in a chroot may not make
# user namespaces, but can be somebody else without.
AS_SOMEBODY = """\
in_namespace="unshare --user --map-user={user} --map-group={user}"
if $in_namespace true 2>/dev/null; then exec $in_namespace "$@"; fi
chown -R {user}:{user} {here}
exec setpriv --reuid={user} --regid={user} --clear-groups "$@"
"""


def _apache(place, here, name, kind):
    (here / "ca.crt").write_bytes(place.server.ca_file.read_bytes())
    (here / "httpd.conf").write_text(APACHE_CONFIGURATION.format(
        here=here, name=name, kind=kind, url=place.server.url, address=ADDRESS, modules=MODULES,
        http=BACKEND_HTTP_PORT, tls=BACKEND_TLS_PORT), encoding="ascii")
    message = here / "message"
    message.write_text(APACHE_MESSAGE.format(here=here), encoding="ascii")
    message.chmod(0o755)
    os.mkfifo(here / FIFO, 0o600)
    return place.start("/bin/sh", "-c", AS_SOMEBODY.format(user=APACHE_USER, here=here), "sh",
                       "/usr/sbin/apache2", "-d", here, "-f", here / "httpd.conf", "-DFOREGROUND")


def _forwarder(place, port, backend):
    """Only root may listen where the challenge is looked for."""
    return place.start("socat", f"TCP-LISTEN:{port},bind={ADDRESS},fork,reuseaddr",
                       f"TCP:{ADDRESS}:{backend}")


@contextlib.contextmanager
def _apache_run(place, names, kind):
    """mod_md, which gets certificates for the server that it is part of. It goes on serving."""
    (name,) = names
    here = pathlib.Path(tempfile.mkdtemp(prefix="parallax-apache-"))
    try:
        apache = _apache(place, here, name, kind)
        place.more_logs.append(here / "error.log")
        forwarders = [_forwarder(place, 80, BACKEND_HTTP_PORT),
                      _forwarder(place, 443, BACKEND_TLS_PORT)]
        # The client's end is what mod_md says in the end.
        end = place.start("/bin/sh", "-c", 'head -n 1 "$0" | grep -qx renewed', here / FIFO)
        with stopping(apache, *forwarders, end):
            for port, process in zip((80, 443), forwarders):
                acme.wait_until_listening(ADDRESS, port, process)
            yield Run(end)
    finally:
        shutil.rmtree(here, ignore_errors=True)


def apache_http(place, names):
    return _apache_run(place, names, "http-01")


def apache_tls(place, names):
    return _apache_run(place, names, "tls-alpn-01")
