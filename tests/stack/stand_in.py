"""A service that is nothing but its process: answers 200 on every path.

``python stand_in.py PORT [crash | stubborn | unready]``; ``stubborn`` ignores SIGTERM and has a
child of its own that does the same, ``unready`` says why it cannot be used.
"""

from __future__ import annotations

import http.server
import signal
import subprocess
import sys
import time


class Ready(http.server.BaseHTTPRequestHandler):
    status, body = 200, b"ok"

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(self.body)


class Unready(Ready):
    status, body = 503, b'{"detail": "there is no agent"}'


def main(port: int, manner: str) -> None:
    if manner == "crash":
        sys.exit("the stand-in refuses to start")
    if manner == "child":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(300)
        return
    if manner == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        # In a session of its own, so that no signal to the group reaches it.
        subprocess.Popen([sys.executable, __file__, "0", "child"], start_new_session=True)
    answer = Unready if manner == "unready" else Ready
    http.server.ThreadingHTTPServer(("127.0.0.1", port), answer).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "")
