# SPDX-License-Identifier: Apache-2.0
"""Starts the web servers of the world: nginx, the hostile ones, the responders for tls-alpn-01."""

import contextlib
import json
import pathlib
import socket
import subprocess
import sys
import time

from parallax_lab import certificates, challenge, sites
from parallax_lab.namespace import die_with_parent

NGINX = "/usr/sbin/nginx"
START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 10.0
POLL_S = 0.01

CONFIGURATION = """\
user root root;  # the only user of the namespace
daemon off;
master_process off;
pid {dir}/pid;
error_log {dir}/error.log warn;
events {{ worker_connections 2048; }}
http {{
  access_log off;
  default_type text/plain;
  server_tokens off;
  server_names_hash_bucket_size 128;
  client_body_temp_path {dir}/body;
  proxy_temp_path {dir}/proxy;
  fastcgi_temp_path {dir}/fastcgi;
  uwsgi_temp_path {dir}/uwsgi;
  scgi_temp_path {dir}/scgi;
  ssl_certificate {dir}/web.crt;
  ssl_certificate_key {dir}/web.key;
{servers}
}}
"""


def _listen_lines(site, default):
    for address in site.addresses:
        where = f"[{address}]" if ":" in address else address
        for entry in site.listen:
            port, _, ssl = entry.partition(" ")
            yield f"    listen {where}:{port}{' default_server' if default else ''} {ssl};"


def _server(site, host, directives):
    default = host == sites.DEFAULT_HOST
    lines = ["  server {", *_listen_lines(site, default)]
    lines.append("    server_name " + ("_;" if default else f"{host}.{sites.WEB_ZONE};"))
    if site.tls:
        lines.append(f"    ssl_protocols {site.tls};")
        if site.tls < "TLSv1.2":
            lines.append("    ssl_ciphers DEFAULT:@SECLEVEL=0;")
    return "\n".join([*lines, directives, "  }"])


def _start_nginx(web, directory):
    directory.mkdir()
    key = certificates.new_key()
    (directory / "web.key").write_bytes(certificates.key_pem(key))
    (directory / "web.crt").write_bytes(
        certificates.pem(certificates.web_certificate(key, "*." + sites.WEB_ZONE)))
    servers = "\n".join(_server(site, host, text) for site in web.sites.values()
                        for host, text in site.hosts.items())
    config = directory / "nginx.conf"
    config.write_text(CONFIGURATION.format(dir=directory, servers=servers), encoding="ascii")
    return subprocess.Popen([NGINX, "-p", directory, "-e", directory / "error.log", "-c", config],
                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, preexec_fn=die_with_parent)


def _start_script(name, *arguments):
    script = pathlib.Path(__file__).with_name(name)
    return subprocess.Popen([sys.executable, "-B", script, *arguments], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, preexec_fn=die_with_parent)


def _wait_for_nginx(web, process):
    deadline = time.monotonic() + START_TIMEOUT_S
    address = web.sites[sites.NGINX_SITE].addresses[0], 80
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(address, timeout=1):
            return
        time.sleep(POLL_S)
    process.kill()
    raise RuntimeError("nginx did not start: " + process.stderr.read().decode())


def start(world, directory):
    """Starts them inside the lab; returns the processes, to be given to stop()."""
    web = world.web
    hostile = {address: behaviour for behaviour, address in web.hostile_addresses().items()}
    responders = {"zone": sites.TLS_ZONE, "kinds": list(web.certificates),
                  "digest": challenge.digest().hex(),
                  "addresses": {address: site.shows for site in web.sites.values() if site.shows
                                for address in site.addresses}}
    scripts = [_start_script("hostile_web.py", json.dumps(hostile), challenge.key_authorization()),
               _start_script("tls_alpn.py", json.dumps(responders))]
    nginx = _start_nginx(web, pathlib.Path(directory) / "web")
    _wait_for_nginx(web, nginx)
    for script in scripts:
        if script.stdout.readline() != b"ready\n":
            raise RuntimeError(f"{script.args[2].name} did not start")
    return [nginx, *scripts]


def stop(processes):
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait(STOP_TIMEOUT_S)
