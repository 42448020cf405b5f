"""A list of 200,000 names is replaced under a DNS worker that answers: no query notices."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dnslib import DNSRecord

from appliance.policy.domains import Mark
from appliance.policy.names import key_of
from appliance.publish import files, listbuild
from tests.appliance.dns.gate import NETWORKS, PUPIL, errors, eventually, query, school
from tests.bench.dns_servers import free_port, upstream

NAMES = 200_000
KEPT, COME, GONE = "www.name00007.example", "come.example", "gone.example"
BLOCKED = 15, 17  # RFC 8914: by a list, by the policy


def listed(directory: Path, *more: str) -> files.ListFiles:
    """Build a list, in several runs."""
    names = [f"name{n:05}.example" for n in range(NAMES)]
    keys = sorted(map(key_of, [*names, *more]))
    items = [(key, Mark.BELOW) for key in keys]
    return listbuild.build(directory, "key", [(("adult", "L1"), items)], least=50_000, most=60_000)


def put(directory: Path, version: int, lists: files.ListFiles) -> None:
    """Put a version in force."""
    made = school(networks=NETWORKS, version=version)
    files.point(directory, files.write(directory, files.Published(made, lists)))


class Client:
    """Asks for one name, one query after the other, and notes in which order it was answered."""

    def __init__(self, port: int, name: str) -> None:
        self.sent = 0
        self.said: list[str] = []  # each change of answer, in order
        self._port, self._name, self._stop = port, name, False
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        packet = query(self._name, edns=1232)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind((PUPIL, 0))
            sock.connect(("127.0.0.1", self._port))
            sock.settimeout(5)
            while not self._stop:
                sock.send(self.sent.to_bytes(4)[2:] + packet[2:])
                self.sent += 1
                said = meant(DNSRecord.parse(sock.recv(2000)))
                if self.said[-1:] != [said]:
                    self.said.append(said)

    def __enter__(self) -> Client:
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._stop = True
        self._thread.join()


def meant(answer: DNSRecord) -> str:
    """Return what an answer says: closed, open, or nothing sensible."""
    codes = {code for code, _ in errors(answer)}
    return "closed" if codes & set(BLOCKED) else "open" if answer.rr else f"odd {answer.header}"


@contextmanager
def worker(data: Path, upstream_: int) -> Iterator[int]:
    """Run a DNS worker on its files, before an upstream that knows every name. The port."""
    port = free_port()
    code = (
        "from pathlib import Path; from appliance.dns.server import serve;"
        "from appliance.dns.settings import DnsSettings;"
        f"serve(DnsSettings(Path({str(data)!r}), (('127.0.0.1', {port}),),"
        f" (('127.0.0.1', {upstream_}),)))"
    )
    with subprocess.Popen([sys.executable, "-c", code]) as process:
        try:
            eventually(lambda: told(port, KEPT) == "closed", 30)
            yield port
        finally:
            process.terminate()


def told(port: int, name: str) -> str:
    """Return what the worker says of a name, empty for no answer."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((PUPIL, 0))
        sock.settimeout(2)
        sock.connect(("127.0.0.1", port))
        try:
            sock.send(query(name, edns=1232))
            return meant(DNSRecord.parse(sock.recv(2000)))
        except OSError:
            return ""


def test_a_list_is_replaced_and_no_query_is_lost_or_answered_by_half(tmp_path: Path) -> None:
    """Every query is answered; each name changes its answer once, from the old list's to the new.

    What both lists name is closed all the time: no moment has neither list.
    """
    place = tmp_path / "snapshot"
    place.mkdir()
    (tmp_path / "spool").mkdir()
    put(place, 1, listed(place, GONE))
    with upstream() as behind, worker(tmp_path, behind) as port:
        clients = [Client(port, name) for name in (KEPT, COME, GONE)]
        with clients[0], clients[1], clients[2]:
            eventually(lambda: all(client.said for client in clients), 10)
            put(place, 2, listed(place, COME))
            eventually(lambda: clients[1].said[-1:] == ["closed"], 10)
            eventually(lambda: clients[2].said[-1:] == ["open"], 10)
    assert [client.said for client in clients] == [
        ["closed"],
        ["open", "closed"],
        ["closed", "open"],
    ]
    assert all(client.sent > 10 for client in clients)
