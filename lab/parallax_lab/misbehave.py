# SPDX-License-Identifier: Apache-2.0
"""Name servers that answer badly, over UDP and TCP: one process, one behaviour per address."""

import asyncio
import json
import struct
import sys

PORT = 53
HEADER_SIZE = 12
NOERROR, SERVFAIL, REFUSED = 0, 2, 5
TYPE_SOA, TYPE_CAA = 6, 257
READ_TIMEOUT_S = 10


def _question(query):
    """(end of the question, type, offset of each label) of a query; raises on nonsense."""
    offset, labels = HEADER_SIZE, []
    while query[offset]:
        labels.append(offset)
        offset += 1 + query[offset]
    return offset + 5, struct.unpack_from("!H", query, offset + 1)[0], labels


def _reply(query, end, rcode, authority=b""):
    flags = 0x8400 | (struct.unpack_from("!H", query, 2)[0] & 0x0100) | rcode
    counts = (1, 0, 1 if authority else 0, 0)
    return query[:2] + struct.pack("!HHHHH", flags, *counts) + query[HEADER_SIZE:end] + authority


def _no_data(query, end, labels):
    """Denies the type, with the SOA of the zone, which is two labels deep."""
    zone = struct.pack("!H", 0xC000 | labels[-2]) if len(labels) >= 2 else b"\x00"
    rdata = zone + zone + struct.pack("!IIIII", 1, 7200, 3600, 1209600, 60)
    soa = zone + struct.pack("!HHIH", TYPE_SOA, 1, 60, len(rdata)) + rdata
    return _reply(query, end, NOERROR, soa)


def respond(behaviour, query):
    """The answer to a query, or None for silence."""
    if behaviour == "silent":
        return None
    if behaviour == "garbage":
        return query[:2] + b"\xff" * 24
    end, rdtype, labels = _question(query)
    if behaviour == "refused":
        return _reply(query, end, REFUSED)
    if behaviour == "servfail" or (behaviour == "servfail-on-caa" and rdtype == TYPE_CAA):
        return _reply(query, end, SERVFAIL)
    if behaviour == "silent-on-caa" and rdtype == TYPE_CAA:
        return None
    return _no_data(query, end, labels)


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, behaviour):
        self._behaviour = behaviour
        self._transport = None

    def connection_made(self, transport):
        self._transport = transport

    def datagram_received(self, data, addr):
        try:
            answer = respond(self._behaviour, data)
        except (IndexError, struct.error):
            return
        if answer:
            self._transport.sendto(answer, addr)


async def _tcp(behaviour, reader, writer):
    try:
        while True:
            head = await asyncio.wait_for(reader.readexactly(2), READ_TIMEOUT_S)
            query = await asyncio.wait_for(reader.readexactly(struct.unpack("!H", head)[0]),
                                           READ_TIMEOUT_S)
            answer = respond(behaviour, query)
            if answer:
                writer.write(struct.pack("!H", len(answer)) + answer)
                await writer.drain()
    except (OSError, EOFError, IndexError, struct.error, asyncio.TimeoutError):
        pass
    finally:
        writer.close()


async def _serve(behaviours):
    loop = asyncio.get_running_loop()
    for address, behaviour in behaviours.items():
        await loop.create_datagram_endpoint(lambda b=behaviour: _Udp(b),
                                            local_addr=(address, PORT))
        await asyncio.start_server(lambda r, w, b=behaviour: _tcp(b, r, w), address, PORT)
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(json.loads(sys.argv[1])))
