// The OpenTelemetry SDK for Go as an application uses it.
//
//	send traces|metrics|logs http|http-gzip|grpc|grpc-gzip HOST:PORT SERVICE COUNT
//
// Sends COUNT items named item-0 ... of the service, each with one attribute of every kind; ends with 1 when the exporter
// reports a failure.
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploggrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploghttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/log"
	"go.opentelemetry.io/otel/metric"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

const deadline = 20 * time.Second

type target struct {
	endpoint string
	isGrpc   bool
	isGzip   bool
	service  *resource.Resource
	count    int
}

var failed = false

func complain(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		failed = true
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

func main() {
	signal, protocol, service := os.Args[1], os.Args[2], os.Args[4]
	to := target{
		endpoint: os.Args[3],
		isGrpc:   strings.HasPrefix(protocol, "grpc"),
		isGzip:   strings.HasSuffix(protocol, "-gzip"),
		service:  resource.NewSchemaless(attribute.String("service.name", service)),
		count:    must(strconv.Atoi(os.Args[5])),
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(complain))
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	send := map[string]func(context.Context, target) error{"traces": traces, "metrics": metrics, "logs": logs}
	complain(send[signal](ctx, to))
	if failed {
		os.Exit(1)
	}
}

func attributes(index int) []attribute.KeyValue {
	return []attribute.KeyValue{
		attribute.Int("index", index),
		attribute.String("text", "Grüße, 世界"),
		attribute.Bool("even", index%2 == 0),
		attribute.Float64("half", float64(index)/2),
		attribute.StringSlice("list", []string{"a", "b"}),
	}
}

func name(index int) string {
	return fmt.Sprintf("item-%d", index)
}

func traces(ctx context.Context, to target) error {
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithResource(to.service),
		sdktrace.WithBatcher(traceExporter(ctx, to), sdktrace.WithMaxQueueSize(to.count+1000)),
	)
	tracer := provider.Tracer("client", trace.WithInstrumentationVersion("1.0"))
	for index := range to.count {
		_, span := tracer.Start(ctx, name(index), trace.WithAttributes(attributes(index)...))
		span.End()
	}
	return provider.Shutdown(ctx)
}

func traceExporter(ctx context.Context, to target) *otlptrace.Exporter {
	if to.isGrpc {
		options := []otlptracegrpc.Option{otlptracegrpc.WithEndpoint(to.endpoint), otlptracegrpc.WithInsecure()}
		if to.isGzip {
			options = append(options, otlptracegrpc.WithCompressor("gzip"))
		}
		return must(otlptracegrpc.New(ctx, options...))
	}
	options := []otlptracehttp.Option{otlptracehttp.WithEndpoint(to.endpoint), otlptracehttp.WithInsecure()}
	if to.isGzip {
		options = append(options, otlptracehttp.WithCompression(otlptracehttp.GzipCompression))
	}
	return must(otlptracehttp.New(ctx, options...))
}

func metrics(ctx context.Context, to target) error {
	reader := sdkmetric.NewPeriodicReader(metricExporter(ctx, to), sdkmetric.WithInterval(time.Hour))
	provider := sdkmetric.NewMeterProvider(sdkmetric.WithResource(to.service), sdkmetric.WithReader(reader))
	counter := must(provider.Meter("client").Int64Counter("client.items"))
	for index := range to.count {
		with := append(attributes(index), attribute.String("item", name(index)))
		counter.Add(ctx, int64(index), metric.WithAttributes(with...))
	}
	// No shutdown: it would export every point a second time.
	return provider.ForceFlush(ctx)
}

func metricExporter(ctx context.Context, to target) sdkmetric.Exporter {
	if to.isGrpc {
		options := []otlpmetricgrpc.Option{otlpmetricgrpc.WithEndpoint(to.endpoint), otlpmetricgrpc.WithInsecure()}
		if to.isGzip {
			options = append(options, otlpmetricgrpc.WithCompressor("gzip"))
		}
		return must(otlpmetricgrpc.New(ctx, options...))
	}
	options := []otlpmetrichttp.Option{otlpmetrichttp.WithEndpoint(to.endpoint), otlpmetrichttp.WithInsecure()}
	if to.isGzip {
		options = append(options, otlpmetrichttp.WithCompression(otlpmetrichttp.GzipCompression))
	}
	return must(otlpmetrichttp.New(ctx, options...))
}

func logs(ctx context.Context, to target) error {
	processor := sdklog.NewBatchProcessor(logExporter(ctx, to), sdklog.WithMaxQueueSize(to.count+1000))
	provider := sdklog.NewLoggerProvider(sdklog.WithResource(to.service), sdklog.WithProcessor(processor))
	logger := provider.Logger("client")
	for index := range to.count {
		var record log.Record
		record.SetBody(attribute.StringValue(name(index)))
		record.SetSeverityText("INFO")
		record.AddAttributes(attributes(index)...)
		logger.Emit(ctx, record)
	}
	return provider.Shutdown(ctx)
}

func logExporter(ctx context.Context, to target) sdklog.Exporter {
	if to.isGrpc {
		options := []otlploggrpc.Option{otlploggrpc.WithEndpoint(to.endpoint), otlploggrpc.WithInsecure()}
		if to.isGzip {
			options = append(options, otlploggrpc.WithCompressor("gzip"))
		}
		return must(otlploggrpc.New(ctx, options...))
	}
	options := []otlploghttp.Option{otlploghttp.WithEndpoint(to.endpoint), otlploghttp.WithInsecure()}
	if to.isGzip {
		options = append(options, otlploghttp.WithCompression(otlploghttp.GzipCompression))
	}
	return must(otlploghttp.New(ctx, options...))
}
