"""gunicorn's threaded worker, which loses no connection when it stops."""

from __future__ import annotations

from gunicorn.workers.gthread import ThreadWorker


class DrainingWorker(ThreadWorker):  # type: ignore[misc]
    """Answers who has connected by the time it stops, and refuses who comes after.

    gunicorn's own leaves its sockets listening until the last request has been answered: the
    system then goes on to accept connections, which are reset in the end.
    """

    def set_accept_enabled(self, enabled: bool) -> None:
        """As gunicorn; where the worker stops, the last connections are accepted first."""
        super().set_accept_enabled(enabled)
        if enabled or self.alive:
            return
        for listener in self.sockets:
            known = -1
            while known != self.nr_conns:
                known = self.nr_conns
                # Accepts one that waits, or none.
                self.accept(listener)
            listener.close()
