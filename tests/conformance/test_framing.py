# SPDX-License-Identifier: Apache-2.0
"""HTTP framing over a real TLS socket: what might make two readers disagree on where a request ends
is refused and the connection closed; what has no end is cut off."""

import concurrent.futures
import contextlib
import json
import re
import select
import socket
import ssl

import pytest
import system

TIMEOUT_S = 60
DRIP_PAUSE_S = 0.25
ORDER = json.dumps({"type": "smime", "names": [system.PERMITTED], "issuers": ["ca.example"]})
SMUGGLED = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


def head(token, *fields, line="POST /v1/corroborations HTTP/1.1", host="Host: localhost"):
    return "\r\n".join([line, *([host] if host else []), "Content-Type: application/json",
                        f"Authorization: Bearer {token}", *fields, "", ""])


def length(text):
    return f"Content-Length: {len(text)}"


def chunk(text, extension=""):
    return f"{len(text):x}{extension}\r\n{text}\r\n"


def talk(cluster, octets, pause_s=0.0):
    """Everything the server says until it closes, to a client that goes on sending meanwhile:
    as fast as it can, or one octet per pause. One thread: a TLS connection bears no two."""
    octets = memoryview(octets.encode() if isinstance(octets, str) else octets)
    step = 1 if pause_s else 16_384
    said = b""
    with cluster.connect(TIMEOUT_S) as connection:
        connection.setblocking(False)
        while True:
            try:
                piece = connection.recv(65536)
                if not piece:
                    return said
                said += piece
                continue
            except ssl.SSLWantReadError:
                pass
            except (ConnectionError, ssl.SSLError):
                return said
            sent = 0
            if octets:
                try:
                    sent = connection.send(octets[:step])
                    octets = octets[sent:]
                except (ssl.SSLWantWriteError, ssl.SSLWantReadError):
                    pass
                except (OSError, ssl.SSLError):
                    octets = b""  # the server has closed; what it said is still to be read
            if sent and not pause_s:
                continue
            wanted = [connection] if octets and not sent else []
            wait_s = pause_s if pause_s and octets else TIMEOUT_S
            ready = select.select([connection], wanted, [], wait_s)
            assert any(ready) or pause_s, "the server neither answered nor closed"


def read_to_end(connection):
    said = b""
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        while piece := connection.recv(65536):
            said += piece
    return said


def statuses(said):
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", said)]


CHUNKED = "Transfer-Encoding: chunked"
LAST = "0\r\n\r\n"

# name: (request fields, body, version line or None, status). A second request behind each must
# never be answered.
TRAPS = {
    "gzip_alone": (["Transfer-Encoding: gzip"], ORDER, None, 400),
    "gzip_and_chunked": (["Transfer-Encoding: gzip, chunked"], chunk(ORDER) + LAST, None, 400),
    "chunked_twice": ([CHUNKED, CHUNKED], chunk(ORDER) + LAST, None, 400),
    "chunked_and_identity": ([CHUNKED, "Transfer-Encoding: identity"], chunk(ORDER) + LAST, None,
                             400),
    "chunked_with_a_parameter": (["Transfer-Encoding: chunked;q=1"], chunk(ORDER) + LAST, None,
                                 400),
    "identity": (["Transfer-Encoding: identity", length(ORDER)], ORDER, None, 400),
    "chunked_in_http_1_0": ([CHUNKED], chunk(ORDER) + LAST,
                            "POST /v1/corroborations HTTP/1.0", 400),
    "both_framings": ([length(ORDER), CHUNKED], chunk(ORDER) + LAST, None, 400),
    "both_framings_reversed": ([CHUNKED, "Content-Length: 5"], LAST, None, 400),
    "two_lengths": ([length(ORDER), "Content-Length: 5"], ORDER, None, 400),
    "the_same_length_twice": ([length(ORDER), length(ORDER)], ORDER, None, 400),
    "list_of_lengths": ([f"Content-Length: {len(ORDER)}, {len(ORDER)}"], ORDER, None, 400),
    "signed_length": ([f"Content-Length: +{len(ORDER)}"], ORDER, None, 400),
    "negative_length": (["Content-Length: -1"], ORDER, None, 400),
    "hexadecimal_length": (["Content-Length: 0x10"], ORDER, None, 400),
    "overflowing_length": (["Content-Length: 18446744073709551617"], ORDER, None, 400),
    "chunk_size_that_overflows": ([CHUNKED], "fffffffffffffffff\r\n" + ORDER, None, 400),
    "chunk_size_that_is_none": ([CHUNKED], "x\r\n" + ORDER, None, 400),
    "chunk_longer_than_said": ([CHUNKED], "1\r\n" + ORDER + "\r\n" + LAST, None, 400),
    "chunk_extensions": ([CHUNKED], chunk(ORDER, ";x=" + "y" * 100_000) + LAST, None, 413),
    "trailers": ([CHUNKED], chunk(ORDER) + "0\r\n" + "X: y\r\n" * 20_000 + "\r\n", None, 413),
    "blank_before_colon": (["Content-Length : 3"], ORDER, None, 400),
    "bare_line_feed": (["X: a\nContent-Length: 0", length(ORDER)], ORDER, None, 400),
    "nul_in_a_field": (["X: a\0b", length(ORDER)], ORDER, None, 400),
    "head_too_large": (["X: " + "y" * 20_000, length(ORDER)], ORDER, None, 431),
    "many_fields": (["X: y"] * 5_000 + [length(ORDER)], ORDER, None, 431),
    "unknown_expectation": (["Expect: the-unexpected", length(ORDER)], ORDER, None, 417),
    "http_2_preface": ([], "", "PRI * HTTP/2.0", 400),
    "http_0_9": ([], "", "GET /healthz", 400),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_trap(cluster, trap):
    fields, body, line, status = TRAPS[trap]
    start = head(cluster.token, *fields, **({"line": line} if line else {}))
    said = statuses(talk(cluster, start + body + SMUGGLED))
    assert said == [status], said


def test_no_host_or_two_of_them(cluster):
    for host in (None, "Host: a\r\nHost: b"):
        start = head(cluster.token, length(ORDER), host=host)
        assert statuses(talk(cluster, start + ORDER + SMUGGLED)) == [400]


def test_ten_megabytes(cluster):
    size = 10 * 1024 * 1024
    declared = head(cluster.token, f"Content-Length: {size}") + "x" * size
    assert statuses(talk(cluster, declared)) == [413]
    undeclared = head(cluster.token, CHUNKED) + chunk("x" * 65_536) * (size // 65_536) + LAST
    assert statuses(talk(cluster, undeclared)) == [413]


def test_errors_of_the_framing_are_problems(cluster):
    said = talk(cluster, head(cluster.token, "Transfer-Encoding: gzip") + ORDER)
    start, _, body = said.partition(b"\r\n\r\n")
    assert b"application/problem+json" in start
    assert b"connection: close" in start.lower()
    assert json.loads(body)["detail"] == "the only Transfer-Encoding understood is chunked"


def test_requests_one_after_the_other_on_one_connection(cluster):
    order = head(cluster.token, length(ORDER)) + ORDER
    chunked = head(cluster.token, CHUNKED) + chunk(ORDER[:20]) + chunk(ORDER[20:]) + LAST
    last = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    assert statuses(talk(cluster, order + chunked + last)) == [200, 200, 200]


def test_continue_is_said_when_asked_for(cluster):
    with cluster.connect(TIMEOUT_S) as connection:
        connection.sendall(head(cluster.token, length(ORDER), "Expect: 100-continue",
                                "Connection: close").encode())
        assert statuses(connection.recv(65536)) == [100]
        connection.sendall(ORDER.encode())
        assert statuses(read_to_end(connection)) == [200]


def test_a_connection_that_speaks_no_tls(cluster):
    with socket.create_connection(("127.0.0.1", cluster.port), timeout=TIMEOUT_S) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"HTTP/1.1 200" not in read_to_end(connection)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2])
def test_old_versions_of_tls(cluster, version):
    context = ssl.create_default_context(cafile=str(cluster.ca_file))
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = version
    with socket.create_connection(("127.0.0.1", cluster.port), timeout=TIMEOUT_S) as plain:
        with pytest.raises(OSError):
            context.wrap_socket(plain, server_hostname="127.0.0.1")


def test_slow_drip(cluster):
    """One deadline from the first octet of a message to its last; meanwhile others are served."""
    long = ORDER * 9
    parts = [head(cluster.token, length(long)) + long,
             head(cluster.token, CHUNKED) + chunk("x") * 1000]
    with concurrent.futures.ThreadPoolExecutor(len(parts)) as pool:
        slow = [pool.submit(talk, cluster, part, DRIP_PAUSE_S) for part in parts]
        assert system.order(cluster)[0] == 200
        assert [statuses(each.result()) for each in slow] == [[408]] * len(parts)
