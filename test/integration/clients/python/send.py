"""The OpenTelemetry SDK for Python as an application uses it.

    send.py traces|metrics|logs http|grpc HOST:PORT SERVICE COUNT

Sends COUNT items named item-0 ... of the service; ends with 1 when the exporter reports a failure.
"""
import logging
import os
import sys

from opentelemetry.sdk.resources import Resource

SIGNAL, PROTOCOL, ENDPOINT, SERVICE, COUNT = sys.argv[1:5] + [int(sys.argv[5])]
RESOURCE = Resource.create({"service.name": SERVICE})
PATHS = {"traces": "/v1/traces", "metrics": "/v1/metrics", "logs": "/v1/logs"}
complaints = []


class Complaints(logging.Handler):
    """The SDK reports a failed export in its log only."""

    def emit(self, record):
        if record.name.startswith("opentelemetry") and record.levelno >= logging.WARNING:
            complaints.append(record.getMessage())


logging.getLogger().addHandler(Complaints())


def exporter(module, name):
    package = f"opentelemetry.exporter.otlp.proto.{PROTOCOL}.{module}"
    create = getattr(__import__(package, fromlist=[name]), name)
    if PROTOCOL == "grpc":
        return create(endpoint=ENDPOINT, insecure=True)
    return create(endpoint=f"http://{ENDPOINT}{PATHS[SIGNAL]}")


def send_traces():
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=RESOURCE)
    provider.add_span_processor(BatchSpanProcessor(exporter("trace_exporter", "OTLPSpanExporter"), max_queue_size=COUNT + 1000))
    tracer = provider.get_tracer("client")
    for index in range(COUNT):
        tracer.start_span(f"item-{index}", attributes={"index": index}).end()
    return provider


def send_metrics():
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader

    reader = PeriodicExportingMetricReader(exporter("metric_exporter", "OTLPMetricExporter"), export_interval_millis=3_600_000)
    provider = MeterProvider(resource=RESOURCE, metric_readers=[reader])
    counter = provider.get_meter("client").create_counter("client.items")
    for index in range(COUNT):
        counter.add(index, {"item": f"item-{index}"})
    return provider


def send_logs():
    from opentelemetry._logs import LogRecord
    from opentelemetry.sdk._logs import LoggerProvider
    from opentelemetry.sdk._logs.export import BatchLogRecordProcessor

    provider = LoggerProvider(resource=RESOURCE)
    provider.add_log_record_processor(
        BatchLogRecordProcessor(exporter("_log_exporter", "OTLPLogExporter"), max_queue_size=COUNT + 1000)
    )
    logger = provider.get_logger("client")
    for index in range(COUNT):
        logger.emit(LogRecord(body=f"item-{index}", severity_text="INFO"))
    return provider


flushed = {"traces": send_traces, "metrics": send_metrics, "logs": send_logs}[SIGNAL]().force_flush()
for complaint in complaints:
    print(complaint, file=sys.stderr)
sys.stderr.flush()
# No shutdown: a meter provider would export every point a second time.
os._exit(1 if complaints or flushed is False else 0)
