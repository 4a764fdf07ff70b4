import static io.opentelemetry.api.common.AttributeKey.booleanKey;
import static io.opentelemetry.api.common.AttributeKey.doubleKey;
import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringArrayKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.logs.OtlpGrpcLogRecordExporter;
import io.opentelemetry.exporter.otlp.metrics.OtlpGrpcMetricExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The OpenTelemetry SDK for Java as an application uses it.
 *
 * <pre>Send traces|metrics|logs http|http-gzip|grpc|grpc-gzip HOST:PORT SERVICE COUNT</pre>
 *
 * Sends COUNT items named item-0 ... of the service, each with one attribute of every kind; ends with 1 when the exporter
 * reports a failure.
 */
public final class Send {
  private static final int DEADLINE_SECONDS = 20;

  private final boolean isGrpc;
  private final String compression;
  private final String endpoint;
  private final Resource resource;
  private final int count;

  private Send(String protocol, String address, String service, int count) {
    isGrpc = protocol.startsWith("grpc");
    compression = protocol.endsWith("-gzip") ? "gzip" : "none";
    endpoint = "http://" + address;
    resource = Resource.create(Attributes.of(stringKey("service.name"), service));
    this.count = count;
  }

  public static void main(String[] args) {
    Send send = new Send(args[1], args[2], args[3], Integer.parseInt(args[4]));
    CompletableResultCode result =
        switch (args[0]) {
          case "traces" -> send.traces();
          case "metrics" -> send.metrics();
          default -> send.logs();
        };
    result.join(DEADLINE_SECONDS, TimeUnit.SECONDS);
    // No shutdown: a meter provider would export every point a second time.
    System.exit(result.isSuccess() ? 0 : 1);
  }

  private static String name(int index) {
    return "item-" + index;
  }

  private static Attributes attributes(int index) {
    return Attributes.builder()
        .put(longKey("index"), (long) index)
        .put(stringKey("text"), "Gr\u00fc\u00dfe, \u4e16\u754c")
        .put(booleanKey("even"), index % 2 == 0)
        .put(doubleKey("half"), index / 2.0)
        .put(stringArrayKey("list"), List.of("a", "b"))
        .build();
  }

  private CompletableResultCode traces() {
    SpanExporter exporter =
        isGrpc
            ? OtlpGrpcSpanExporter.builder().setEndpoint(endpoint).setCompression(compression).build()
            : OtlpHttpSpanExporter.builder().setEndpoint(endpoint + "/v1/traces").setCompression(compression).build();
    BatchSpanProcessor processor = BatchSpanProcessor.builder(exporter).setMaxQueueSize(count + 1000).build();
    SdkTracerProvider provider = SdkTracerProvider.builder().setResource(resource).addSpanProcessor(processor).build();
    var tracer = provider.get("client", "1.0");
    for (int index = 0; index < count; index++) {
      tracer.spanBuilder(name(index)).setAllAttributes(attributes(index)).startSpan().end();
    }
    return provider.forceFlush();
  }

  private CompletableResultCode metrics() {
    MetricExporter exporter =
        isGrpc
            ? OtlpGrpcMetricExporter.builder().setEndpoint(endpoint).setCompression(compression).build()
            : OtlpHttpMetricExporter.builder().setEndpoint(endpoint + "/v1/metrics").setCompression(compression).build();
    PeriodicMetricReader reader = PeriodicMetricReader.builder(exporter).setInterval(Duration.ofHours(1)).build();
    SdkMeterProvider provider = SdkMeterProvider.builder().setResource(resource).registerMetricReader(reader).build();
    var counter = provider.get("client").counterBuilder("client.items").build();
    for (int index = 0; index < count; index++) {
      counter.add(index, attributes(index).toBuilder().put("item", name(index)).build());
    }
    return provider.forceFlush();
  }

  private CompletableResultCode logs() {
    LogRecordExporter exporter =
        isGrpc
            ? OtlpGrpcLogRecordExporter.builder().setEndpoint(endpoint).setCompression(compression).build()
            : OtlpHttpLogRecordExporter.builder().setEndpoint(endpoint + "/v1/logs").setCompression(compression).build();
    var processor = BatchLogRecordProcessor.builder(exporter).setMaxQueueSize(count + 1000).build();
    SdkLoggerProvider provider = SdkLoggerProvider.builder().setResource(resource).addLogRecordProcessor(processor).build();
    var logger = provider.get("client");
    for (int index = 0; index < count; index++) {
      logger.logRecordBuilder().setBody(name(index)).setSeverityText("INFO").setAllAttributes(attributes(index)).emit();
    }
    return provider.forceFlush();
  }
}
