"""A stand-in for Rasa's process: answers the ready address, and can be told to crash or to hang.

`fake_rasa.py PORT FOLDER`: notes its pid in FOLDER/pids; FOLDER/never-ready, /crash-at-start and /hang change
how it behaves, the last at any moment. `PUT /model` puts the stem of the path it is given into FOLDER/model,
which is what it says it answers with; with FOLDER/unusable it refuses.
"""

import http.server
import json
import os
import sys
import time
from pathlib import Path

port, folder = int(sys.argv[1]), Path(sys.argv[2])


def model() -> str:
    file = folder / "model"
    return file.read_text() if file.exists() else "union-test"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        while (folder / "hang").exists():
            time.sleep(0.05)
        ready = not (folder / "never-ready").exists()
        self.answer(200 if ready else 503, {"ready": ready, "model": model()})

    def do_PUT(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers["X-Turn-Secret"] != "secret":
            self.answer(401, {"code": "unauthorised"})
        elif (folder / "unusable").exists():
            self.answer(422, {"code": "model_unusable"})
        else:
            (folder / "model").write_text("id of " + Path(asked["path"]).read_text())
            self.answer(200, {"model": model()})

    def answer(self, status: int, content: dict[str, object]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        print("asked", flush=True)


with (folder / "pids").open("a") as pids:
    pids.write(f"{os.getpid()}\n")
if (folder / "crash-at-start").exists():
    sys.exit("cannot load the model")
http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
