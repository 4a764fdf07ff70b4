"""Reads Export requests in protobuf with the official Python runtime and prints them as OTLP/JSON, one line each.

    decode.py traces|metrics|logs < requests     each request: length, 4 bytes big endian, then its bytes
"""
import importlib
import struct
import sys

from google.protobuf.json_format import MessageToJson

MODULES = {"traces": "trace", "metrics": "metrics", "logs": "logs"}
NAMES = {"traces": "Trace", "metrics": "Metrics", "logs": "Logs"}

signal = sys.argv[1]
name = MODULES[signal]
module = importlib.import_module(f"opentelemetry.proto.collector.{name}.v1.{name}_service_pb2")
request = getattr(module, f"Export{NAMES[signal]}ServiceRequest")

while head := sys.stdin.buffer.read(4):
    (size,) = struct.unpack(">I", head)
    message = request.FromString(sys.stdin.buffer.read(size))
    print(MessageToJson(message, indent=None))
