"""Judges payloads with the official Python protobuf runtime and adds messages of its own; see README.md.

The JSON is json_format's ProtoJSON with what OTLP/JSON changes: enums as integers, ids in hex.
"""

import base64
import json
import random
import struct
import sys

from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.profiles.v1development.profiles_service_pb2 import ExportProfilesServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

REQUESTS = {
    "traces": ExportTraceServiceRequest,
    "metrics": ExportMetricsServiceRequest,
    "logs": ExportLogsServiceRequest,
    "profiles": ExportProfilesServiceRequest,
}
IDS = {"trace_id", "span_id", "parent_span_id", "profile_id"}
OWN_MESSAGES = 25


def main():
    for line in sys.stdin:
        entry = json.loads(line)
        emit(entry["signal"], entry["origin"], base64.b64decode(entry["payload"]))
    for signal, request in REQUESTS.items():
        for seed in range(OWN_MESSAGES):
            message = request()
            fill(message, random.Random(f"{signal}{seed}"), 0)
            emit(signal, "python", message.SerializeToString(deterministic=True))


def emit(signal, origin, payload):
    entry = {"signal": signal, "origin": origin, "payload": base64.b64encode(payload).decode()}
    message = REQUESTS[signal]()
    try:
        message.ParseFromString(payload)
        entry["json"] = json.dumps(otlp_json(message), ensure_ascii=False, separators=(",", ":"))
    except DecodeError:
        pass
    print(json.dumps(entry, separators=(",", ":")))


def otlp_json(message):
    rendered = json_format.MessageToDict(message, use_integers_for_enums=True)
    with_hex_ids(message, rendered)
    return rendered


def with_hex_ids(message, rendered):
    for field, value in message.ListFields():
        key = field.json_name
        if field.name in IDS:
            rendered[key] = value.hex()
        elif field.type == FieldDescriptor.TYPE_MESSAGE:
            values = value if field.is_repeated else [value]
            targets = rendered[key] if field.is_repeated else [rendered[key]]
            for child, target in zip(values, targets):
                with_hex_ids(child, target)


def fill(message, rng, depth):
    for field in message.DESCRIPTOR.fields:
        if rng.random() < (0.15 if depth < 6 else 0.6):
            continue
        if field.type == FieldDescriptor.TYPE_MESSAGE and depth > 7:
            continue
        if field.is_repeated:
            for _ in range(rng.randrange(3)):
                if field.type == FieldDescriptor.TYPE_MESSAGE:
                    fill(getattr(message, field.name).add(), rng, depth + 1)
                else:
                    getattr(message, field.name).append(scalar(field, rng))
        elif field.type == FieldDescriptor.TYPE_MESSAGE:
            child = getattr(message, field.name)
            child.SetInParent()
            fill(child, rng, depth + 1)
        else:
            setattr(message, field.name, scalar(field, rng))


TEXTS = ["", "x", "service.name", "tab\tnewline\nquote\"back\\slash", "\x00\x1f\x7f", "é中文😀\u2028", "0123456789abcdef"]


def scalar(field, rng):
    kind = field.type
    if kind == FieldDescriptor.TYPE_STRING:
        return rng.choice(TEXTS) + rng.choice(TEXTS)
    if kind == FieldDescriptor.TYPE_BYTES:
        return rng.randbytes(rng.choice([0, 1, 2, 3, 8, 16, 20]))
    if kind == FieldDescriptor.TYPE_BOOL:
        return rng.random() < 0.5
    if kind == FieldDescriptor.TYPE_DOUBLE:
        bits = struct.unpack("<d", rng.randbytes(8))[0]
        return rng.choice([0.0, -0.0, 1.0, 0.1, 1e21, 1e-7, 5e-324, float("nan"), float("inf"), float("-inf"), bits, bits])
    if kind == FieldDescriptor.TYPE_ENUM:
        return rng.randrange(25)
    bits = 32 if kind in SMALL else 64
    if kind in SIGNED:
        return rng.choice([0, 1, -1, 2 ** (bits - 1) - 1, -(2 ** (bits - 1)), rng.randrange(1000)])
    return rng.choice([0, 1, 2**bits - 1, rng.randrange(2**bits)])


SMALL = {
    FieldDescriptor.TYPE_INT32,
    FieldDescriptor.TYPE_SINT32,
    FieldDescriptor.TYPE_UINT32,
    FieldDescriptor.TYPE_FIXED32,
}
SIGNED = {
    FieldDescriptor.TYPE_INT32,
    FieldDescriptor.TYPE_SINT32,
    FieldDescriptor.TYPE_INT64,
    FieldDescriptor.TYPE_SFIXED64,
}

main()
