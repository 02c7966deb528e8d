# SPDX-License-Identifier: Apache-2.0
"""Responders for tls-alpn-01 (RFC 8737): the certificate that the server name asks for."""

import asyncio
import json
import pathlib
import ssl
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from parallax_lab import certificates  # noqa: E402

PROTOCOL = "acme-tls/1"
PORT = 443
CONTEXTS_MAX = 1000


class Wardrobe:
    """TLS contexts by kind of certificate and server name, made when first asked for."""

    def __init__(self, settings, directory):
        self._kinds = settings["kinds"]
        self._zone = settings["zone"]
        self._digest = bytes.fromhex(settings["digest"])
        self._keys = {kind: certificates.new_key(kind) for kind in ("good", "rsa")}
        self._directory = pathlib.Path(directory)
        self._contexts = {}

    def context(self, default_kind, name):
        label = name.removesuffix("." + self._zone)
        kind = label if label in self._kinds else default_kind
        if (kind, name) not in self._contexts:
            if len(self._contexts) >= CONTEXTS_MAX:
                self._contexts.clear()
            self._contexts[kind, name] = self._make(kind, name)
        return self._contexts[kind, name]

    def _make(self, kind, name):
        key = self._keys.get(kind) or self._keys["good"]
        certificate = certificates.tls_alpn_certificate(kind, name, self._digest, key)
        file = self._directory / "shown.pem"
        file.write_bytes(certificates.key_pem(key) + certificates.pem(certificate))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        if kind != "no-alpn":
            context.set_alpn_protocols([PROTOCOL])
        return context

    def front(self, default_kind, address):
        """The context of a listener: the name asked for chooses another."""
        context = self._make(default_kind, f"nameless.{self._zone}")

        def choose(connection, name, _context):
            if name:
                connection.context = self.context(default_kind, name)

        context.sni_callback = choose
        return context


async def _end(_reader, writer):
    writer.close()


async def _serve(settings, directory):
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, _context: None)  # clients that go away
    wardrobe = Wardrobe(settings, directory)
    for address, kind in settings["addresses"].items():
        await asyncio.start_server(_end, address, PORT, ssl=wardrobe.front(kind, address))
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as kept:
        asyncio.run(_serve(json.loads(sys.argv[1]), kept))
