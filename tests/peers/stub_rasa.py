"""A program that stands for `rasa` where the test is about starting and ending it.

Its "model" is a JSON file: *name* is what it answers; *empty* makes it answer ``[]``, as a Rasa
that could not load its model; *dies* makes it end at once; *deaf* makes it ignore SIGTERM.
"""

import json
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


def main(arguments: list[str]) -> None:
    given = dict(zip(arguments[1::2], arguments[2::2], strict=True))
    model = json.loads(Path(given["--model"]).read_text())
    if model.get("dies"):
        sys.exit(3)
    signal.signal(signal.SIGTERM, signal.SIG_IGN if model.get("deaf") else signal.SIG_DFL)

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say("Hello from Rasa")

        def do_POST(self) -> None:
            text = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["message"]
            if text == "die":
                signal.raise_signal(signal.SIGKILL)
            self._say([] if model.get("empty") else [{"custom": model["name"]}])

        def _say(self, body: object) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *args: object) -> None: ...

    ThreadingHTTPServer((given["--interface"], int(given["--port"])), Door).serve_forever()


if __name__ == "__main__":
    main(sys.argv[1:])
