"""A fake cluster by hand: ``python -m tests.deploy.ansible.fake_cluster FOLDER``.

Writes its certificates and a kubeconfig into the folder and answers until Ctrl-C.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from pathlib import Path

from .certificates import make_certificates
from .kinds import BUILT_IN, EXTENSIONS
from .server import FakeCluster


def main(folder: Path) -> None:
    with FakeCluster(make_certificates(folder), kinds=BUILT_IN + EXTENSIONS) as cluster:
        kubeconfig = cluster.write_kubeconfig(folder / "kubeconfig")
        print(f"{cluster.url} answers; KUBECONFIG={kubeconfig}", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
