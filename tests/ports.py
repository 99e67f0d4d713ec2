"""A port for a server that can only be told one, and takes it some time after it was found free."""

import secrets
import socket
from pathlib import Path

FIRST, MANY = 12_000, 1000
EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")


def free_port() -> int:
    """None of those the kernel gives to whoever asks for any: another test's would take it before the server does.

    Where the kernel gives nearly all of them, it is one of them after all.
    """
    below = int(EPHEMERAL.read_text().split()[0])
    while True:
        port = FIRST + secrets.randbelow(below - FIRST) if below > FIRST + MANY else 0
        with socket.socket() as free:
            try:
                free.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(free.getsockname()[1])
