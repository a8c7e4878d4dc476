"""Ports for servers that tests start."""

import random
import socket

_BELOW_EPHEMERAL = range(20_000, 32_000)
"""No connection that some program opens gets one of these in the moment before the server does."""


def free_port() -> int:
    """A port of this machine that nobody listens on; another test that asks at the same time hardly gets the same."""
    while True:
        port = random.SystemRandom().choice(_BELOW_EPHEMERAL)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
