"""Traces over OTLP/HTTP: a span for each request and, below the request that asked for it, one for each turn.

Only this module knows OpenTelemetry, and only a process whose settings name a receiver imports it. Spans are put into a
bounded queue and sent by a thread of its own: nobody waits for the receiver, and what it does not take is lost.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from threading import Thread
from typing import Final

import structlog
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Span, SpanKind, StatusCode, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from lea import __version__
from lea.clock import Clock
from lea.manager.traces import EndedTurn

QUEUED: Final = 8192
"""Most spans that wait; beyond it the oldest are lost."""
BATCH: Final = 512
PAUSE_MS: Final = 1000
EXPORT_S: Final = 2.0
"""How long one batch may take, repeated attempts included."""
CLOSE_S: Final = 2.0

W3C: Final = TraceContextTextMapPropagator()

log = structlog.get_logger()


class Traces:
    """Makes spans and sends them; `aclose` at the end."""

    def __init__(self, endpoint: str, clock: Clock) -> None:
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # it complains of every batch; we do once
        exporter = _Watched(OTLPSpanExporter(endpoint, timeout=EXPORT_S))
        self._clock = clock
        self._provider = TracerProvider(
            resource=Resource.create({SERVICE_NAME: "lea", SERVICE_VERSION: __version__}),
            shutdown_on_exit=False,  # its own end of a process waits 30 s for a receiver that hangs
        )
        self._provider.add_span_processor(
            BatchSpanProcessor(
                exporter, max_queue_size=QUEUED, schedule_delay_millis=PAUSE_MS, max_export_batch_size=BATCH
            )
        )
        self._tracer = self._provider.get_tracer("lea", __version__)

    def request(self, method: str, route: str, headers: Mapping[str, str]) -> "RequestTrace":
        """A request begins now, as a child of the span its `traceparent` names."""
        sent = {name: headers[name] for name in ("traceparent", "tracestate") if name in headers}
        start = _nanoseconds(self._clock.now())
        span = self._tracer.start_span(
            f"{method} {route}",
            W3C.extract(sent) if sent else Context(),
            kind=SpanKind.SERVER,
            attributes={"http.request.method": method, "http.route": route},
            start_time=start,
        )
        return RequestTrace(span, start)

    def turn(self, ended: EndedTurn) -> None:
        """A turn has just ended; its root also covers what came before it, and the parts of a load are below `load`."""
        end = _nanoseconds(self._clock.now())
        began = end - _of_ms(ended.duration_ms)
        start = began + _of_ms(min((span.start_ms for span in ended.spans), default=0.0))
        root = self._tracer.start_span(
            "turn", W3C.extract({"traceparent": ended.trace}), attributes=ended.attributes, start_time=start
        )
        if ended.failed:
            root.set_status(StatusCode.ERROR)
        below_root = set_span_in_context(root, Context())
        below_load = below_root
        for part in ended.spans:
            context = below_load if part.name.startswith("load_") else below_root
            child = self._tracer.start_span(
                part.name, context, attributes={"kind": part.kind}, start_time=began + _of_ms(part.start_ms)
            )
            if part.name == "load":
                below_load = set_span_in_context(child, Context())
            child.end(end if part.end_ms is None else began + _of_ms(part.end_ms))
        root.end(end)

    async def aclose(self) -> None:
        """Send what is left, for at most `CLOSE_S`; the threads do not hold up the end of the process."""
        ending = Thread(target=self._provider.shutdown, name="traces.end", daemon=True)
        ending.start()
        await asyncio.to_thread(ending.join, CLOSE_S)


class RequestTrace:
    """The span of a request that goes on."""

    def __init__(self, span: Span, start_ns: int) -> None:
        self._span = span
        self._start_ns = start_ns

    @property
    def parent(self) -> str:
        """The `traceparent` for what this request begins."""
        carrier: dict[str, str] = {}
        W3C.inject(carrier, set_span_in_context(self._span, Context()))
        return carrier.get("traceparent", "")

    def end(self, status: int, seconds: float) -> None:
        """It was answered after so long."""
        self._span.set_attribute("http.response.status_code", status)
        if status >= 500:
            self._span.set_status(StatusCode.ERROR)
        self._span.end(self._start_ns + _nanoseconds(seconds))


class _Watched(SpanExporter):
    """Tells when the receiver stops taking spans and when it takes them again, once each."""

    def __init__(self, exporter: OTLPSpanExporter) -> None:
        self._exporter = exporter
        self._lost = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._exporter.export(spans)
        if result is SpanExportResult.SUCCESS:
            if self._lost:
                log.info("traces.taken", lost=self._lost)
            self._lost = 0
            return result
        if not self._lost:
            log.warning("traces.lost")
        self._lost += len(spans)
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()  # type: ignore[no-untyped-call]


def _nanoseconds(seconds: float) -> int:
    return round(seconds * 1e9)


def _of_ms(milliseconds: float) -> int:
    return round(milliseconds * 1e6)
