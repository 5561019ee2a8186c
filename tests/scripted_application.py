"""An application that speaks the protocol of browsers, without a screen: it paints what it is told."""

from __future__ import annotations

import json
import sys


def paint(text: str) -> None:
    data = text.encode()
    sys.stdout.buffer.write(b"D" + len(data).to_bytes(4, "big") + data)
    sys.stdout.buffer.flush()


def main() -> None:
    sys.stdout.buffer.write(b"__GANGLION__\n")
    paint("[begun]")
    while kind := sys.stdin.buffer.read(1):
        payload = sys.stdin.buffer.read(int.from_bytes(sys.stdin.buffer.read(4), "big")).decode()
        if kind == b"D" and payload == "q":
            print("It goes on elsewhere.", file=sys.stderr)
            return
        if kind == b"D" and payload == "f":
            for _ in range(80):
                paint("f" * 100_000)
        if kind == b"D" and payload == "!":
            sys.exit("a fault in line 7")
        if kind == b"D":
            paint(f"[key {payload}]")
            continue
        meta = json.loads(payload)
        if meta["type"] == "quit":
            return
        paint(f"[{' '.join(str(value) for value in meta.values())}]")


if __name__ == "__main__":
    main()
