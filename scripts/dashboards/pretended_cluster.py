"""Invented numbers, as the kubelet and kube-state-metrics would report them, for a picture."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_PODS = {
    # Cores in use, memory in MiB; both grow a little.
    "backend-6d9f-abcde": (0.18, 210),
    "frontend-7c4b-fghij": (0.02, 12),
    "model-5f8d-klmno": (0.61, 590),
    "model-5f8d-pqrst": (0.55, 575),
    "worker-0": (0.97, 1100),
}
_REQUESTED_CORES = {"backend": 0.25, "frontend": 0.1, "model": 0.5, "worker": 1}
_LIMIT_MEBIBYTES = {"backend": 1024, "frontend": 1024, "model": 1024, "worker": 2048}
_AUTOSCALERS = {"backend": (1, 1, 5), "frontend": (1, 1, 5), "model": (2, 3, 5)}
"""Pods that are there, that are wanted, and at most."""


@contextlib.contextmanager
def pretended_cluster() -> Iterator[str]:
    """Host and port of a server that answers Prometheus."""
    started = time.monotonic()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = report(time.monotonic() - started).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Nothing: Prometheus comes every few seconds."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.1,))
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def report(seconds: float) -> str:
    """What is told when it has been there for so long."""
    lines = []
    for pod, (cores, mebibytes) in _PODS.items():
        container = pod.partition("-")[0]
        at = f'namespace="bellwether",pod="{pod}"'
        inner = f'{at},container="{container}"'
        memory = (mebibytes + seconds / 10) * 2**20
        lines += [
            # The pod's own sum has no container, and must not be counted beside it.
            f"container_cpu_usage_seconds_total{{{at}}} {cores * seconds}",
            f"container_cpu_usage_seconds_total{{{inner}}} {cores * seconds}",
            f"container_spec_cpu_shares{{{inner}}} {_REQUESTED_CORES[container] * 1024}",
            f"container_memory_working_set_bytes{{{at}}} {memory}",
            f"container_memory_working_set_bytes{{{inner}}} {memory}",
            f'kube_pod_container_resource_requests{{{inner},resource="cpu"}} '
            f"{_REQUESTED_CORES[container]}",
            f'kube_pod_container_resource_limits{{{inner},resource="memory"}} '
            f"{_LIMIT_MEBIBYTES[container] * 2**20}",
            f"kube_pod_container_status_restarts_total{{{inner}}} "
            f"{int(seconds > 60) if container == 'worker' else 0}",
            f'kube_pod_status_ready{{{at},condition="true"}} 1',
            f"kube_pod_info{{{at}}} 1",
        ]
    for name, (there, wanted, most) in _AUTOSCALERS.items():
        at = f'namespace="bellwether",horizontalpodautoscaler="{name}"'
        lines += [
            f"kube_horizontalpodautoscaler_status_current_replicas{{{at}}} {there}",
            f"kube_horizontalpodautoscaler_status_desired_replicas{{{at}}} {wanted}",
            f"kube_horizontalpodautoscaler_spec_max_replicas{{{at}}} {most}",
        ]
    return "\n".join(lines) + "\n"
