"""A server that answers bytes as they are, whole or trickled, without TLS: for what breaks off in the middle of an answer."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def broken_server(said: bytes, pause: float = 0) -> Iterator[str]:
    """Answer each call by these bytes, its body one byte every ``pause`` seconds when given; gives the address."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer_all() -> None:
        while True:
            try:
                taken, _ = listener.accept()
            except OSError:
                return
            with taken:
                _answer(taken, said, pause)

    threading.Thread(target=answer_all, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _answer(taken: socket.socket, said: bytes, pause: float) -> None:
    head, separator, body = said.partition(b"\r\n\r\n")
    pieces = [body[i : i + 1] for i in range(len(body))] if pause else [body]
    try:
        taken.recv(65_536)
        taken.sendall(head + separator)
        for piece in pieces:
            taken.sendall(piece)
            time.sleep(pause)
    except OSError:  # left in the middle, as it should
        return
