"""A stand-in for Rasa's process: answers the ready address, and can be told to crash or to hang.

`fake_rasa.py PORT FOLDER`: notes its pid in FOLDER/pids; FOLDER/never-ready, /crash-at-start and /hang change
how it behaves, the last at any moment.
"""

import http.server
import json
import os
import sys
import time
from pathlib import Path

port, folder = int(sys.argv[1]), Path(sys.argv[2])


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        while (folder / "hang").exists():
            time.sleep(0.05)
        ready = not (folder / "never-ready").exists()
        body = json.dumps({"ready": ready, "model": "union-test"}).encode()
        self.send_response(200 if ready else 503)
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
