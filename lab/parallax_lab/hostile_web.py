# SPDX-License-Identifier: Apache-2.0
"""Web servers that answer badly: one process, one behaviour per address, ports 80 and 443."""

import asyncio
import gzip
import json
import socket
import struct
import sys

PORTS = (80, 443)
REQUEST_MAX = 64 * 1024
READ_TIMEOUT_S = 30
DRIP_INTERVAL_S = 1
DRIPS_MAX = 600
CHUNK = b"x" * 4096
HTTP2_SETTINGS = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"
HTTP2_GOAWAY = b"\x00\x00\x08\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"


def response(body, head=b"", status=b"200 OK"):
    return (b"HTTP/1.1 " + status + b"\r\n" + head
            + b"Content-Length: %d\r\n\r\n" % len(body) + body)


def said_at_once(value):
    """What each behaviour answers, where the answer is a piece of text; then it closes."""
    moved = b"302 Found"
    return {
        "truncated": b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + value,
        "truncated-chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n" + value,
        "truncated-head": b"HTTP/1.1 200 OK\r\nContent-Le",
        "no-length": b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + value,
        "garbage": b"\x00\xff\x16\x03" * 512,
        "goodbye": b"",
        "http2-only": HTTP2_SETTINGS + HTTP2_GOAWAY,
        "smtp": b"220 mail.hostile.alder ESMTP\r\n",
        "http-0-9": value,
        "blanks-and-garbage": response(value + b" " * 70 * 1024 + b"garbage"),
        "huge-head": response(value, b"".join(b"X-%d: %s\r\n" % (n, b"y" * 1000)
                                              for n in range(64))),
        "bad-status": response(value, status=b"abc OK"),
        "two-lengths": response(value, b"Content-Length: 5\r\n"),
        "gzip": response(gzip.compress(value), b"Content-Encoding: gzip\r\n"),
        "utf-16": response(value.decode().encode("utf-16"),
                           b"Content-Type: text/plain; charset=utf-16\r\n"),
        "declared-utf-16": response(value, b"Content-Type: text/plain; charset=utf-16\r\n"),
        "byte-order-mark": response(b"\xef\xbb\xbf" + value),
        "zero-in-front": response(b"\0" + value),
        "no-location": response(b"", status=moved),
        "long-location": response(b"", b"Location: /" + b"x" * 20 * 1024 + b"\r\n", moved),
        "control-location": response(b"", b"Location: http://good.web.alder/\x01\x7f\r\n", moved),
        "switch": b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\n"
                  b"Upgrade: h2c\r\n\r\n",
    }


# Without end: what comes first, what comes then again and again, seconds between.
ENDLESS = {
    "mute": (b"", b"", DRIP_INTERVAL_S),
    "drip": (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x", DRIP_INTERVAL_S),
    "drip-body": (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"x", DRIP_INTERVAL_S),
    "endless-head": (b"HTTP/1.1 200 OK\r\nX-Long: ", CHUNK, 0),
    "continues": (b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0),
}


async def _request(reader):
    """Reads what a client sends before it waits for an answer."""
    seen = b""
    while b"\r\n\r\n" not in seen and len(seen) < REQUEST_MAX:
        octets = await reader.read(REQUEST_MAX)
        if not octets:
            return
        seen += octets
        if seen[:1] == b"\x16":  # a TLS ClientHello
            return


async def _endless(reader, writer, first, again, interval_s):
    """Goes on until the client goes away."""
    writer.write(first)
    for _ in range(DRIPS_MAX if interval_s else DRIPS_MAX * 100):
        if reader.at_eof():
            return
        writer.write(again)
        await writer.drain()
        await asyncio.sleep(interval_s)


async def _answer(behaviour, value, reader, writer):
    if behaviour == "smtp":
        writer.write(said_at_once(value)["smtp"])
    elif behaviour != "goodbye":
        await asyncio.wait_for(_request(reader), READ_TIMEOUT_S)
    if behaviour == "reset":
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    elif behaviour == "huge":
        chunk = b"%x\r\n%s\r\n" % (len(CHUNK), CHUNK)
        first = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        first += b"%x\r\n%s\r\n" % (len(value), value)
        await _endless(reader, writer, first, chunk, 0)
    elif behaviour in ENDLESS:
        await _endless(reader, writer, *ENDLESS[behaviour])
    elif behaviour != "smtp":
        writer.write(said_at_once(value)[behaviour])
        await writer.drain()


async def _converse(behaviour, value, reader, writer):
    try:
        await _answer(behaviour, value, reader, writer)
    except (OSError, EOFError, asyncio.TimeoutError):
        pass
    finally:
        writer.close()


async def _serve(behaviours, value):
    for address, behaviour in behaviours.items():
        for port in PORTS:
            await asyncio.start_server(
                lambda r, w, b=behaviour: _converse(b, value, r, w), address, port)
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(json.loads(sys.argv[1]), sys.argv[2].encode("ascii")))
