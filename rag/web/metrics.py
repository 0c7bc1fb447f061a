"""Prometheus metrics on a port of their own, which only this machine reaches."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from rag import observe
from rag.errors import SettingsError
from rag.web.site import Site

if TYPE_CHECKING:
    from prometheus_client import Histogram

HOST = "127.0.0.1"
BUCKETS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60)  # seconds


class Counted(logging.Handler):
    """Puts each record of `rag.observe` that an answer ended into a histogram, by status."""

    def __init__(self, seconds: Histogram) -> None:
        super().__init__(logging.INFO)
        self._seconds = seconds

    def emit(self, record: logging.LogRecord) -> None:
        """Counts one answer."""
        if record.msg == observe.ANSWERED:
            fields = vars(record)
            self._seconds.labels(fields["status"]).observe(fields["seconds"])


def serve(site: Site, port: int) -> int:
    """Serves /metrics until the process ends; the port, which the system chooses for 0. Raises SettingsError."""
    try:
        from prometheus_client import CollectorRegistry, Gauge, Histogram, ProcessCollector, start_http_server
    except ImportError as error:
        raise SettingsError("RAG_METRICS_PORT needs a package: pip install prometheus-client==0.26.0.") from error
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    seconds = Histogram("footnote_answer_seconds", "Time to an answer.", ["status"], registry=registry, buckets=BUCKETS)
    gauges = {
        "footnote_documents": ("Documents that are searched.", lambda: len(site.engine.library.documents())),
        "footnote_documents_failed": ("Files that could not be indexed.", lambda: len(site.failed)),
        "footnote_index_generation": ("Grows with every write.", lambda: site.engine.library.generation),
        "footnote_answering": ("Answers being written on the page.", lambda: len(site.running)),
    }
    for name, (what, value) in gauges.items():
        Gauge(name, what, registry=registry).set_function(value)
    try:
        server, _ = start_http_server(port, HOST, registry)
    except (OSError, OverflowError) as error:
        raise SettingsError(f"RAG_METRICS_PORT {port} cannot be used: choose a free port.") from error
    observe.log.addHandler(Counted(seconds))
    observe.log.setLevel(logging.INFO)
    return int(server.server_port)
