"""The official Python protobuf runtime as a judge: one question a line on stdin, one answer a line on stdout, in order.

    {"signal": "traces", "encoding": "protobuf" | "json", "coding": "identity" | "gzip" | "deflate" | "zstd", "body": base64}

    {"verdict": "accepted", "canonical": base64}   its deterministic protobuf, without unknown fields
    {"verdict": "utf8"}      protobuf only: well-formed but for strings that are no UTF-8
    {"verdict": "refused", "reason": text}

Inflating is zlib's and zstandard's; all of the body must belong to it.

What OTLP/JSON and this project change in ProtoJSON is done before json_format sees the text; each change is a function below and a
row of the table in test/fuzz/README.md. Everything else is json_format's own answer.
"""

import base64
import decimal
import json
import re
import sys
import zlib

import zstandard
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from google.protobuf.descriptor import FieldDescriptor as F
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
INTEGERS = {F.TYPE_INT32, F.TYPE_SINT32, F.TYPE_UINT32, F.TYPE_FIXED32, F.TYPE_INT64, F.TYPE_SINT64, F.TYPE_UINT64}
INTEGERS |= {F.TYPE_FIXED64, F.TYPE_SFIXED32, F.TYPE_SFIXED64, F.TYPE_ENUM}
FLOATS = {F.TYPE_DOUBLE, F.TYPE_FLOAT}
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
HEX = re.compile(r"([0-9a-fA-F]{2})*")
BASE64 = re.compile(r"[A-Za-z0-9+/_-]*={0,2}")
NON_FINITE = {"NaN", "Infinity", "-Infinity"}
# Far beyond any double and any 64-bit integer: what is larger need not be computed to be refused.
EXPONENT_MAX = 5000


class Refused(Exception):
    pass


def main():
    answer_each = {"protobuf": judge_protobuf, "json": judge_json}
    for line in sys.stdin:
        question = json.loads(line)
        try:
            body = INFLATE[question.get("coding", "identity")](base64.b64decode(question["body"]))
            answer = answer_each[question["encoding"]](question["signal"], body)
        except (Refused, zlib.error, zstandard.ZstdError) as error:
            answer = refused(error)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def accepted(message):
    message.DiscardUnknownFields()
    canonical = message.SerializeToString(deterministic=True)
    return {"verdict": "accepted", "canonical": base64.b64encode(canonical).decode()}


def refused(error):
    return {"verdict": "refused", "reason": str(error)[:200]}


# ---- codings


def whole(decompressor, body):
    inflated = decompressor.decompress(body)
    if not decompressor.eof:
        raise Refused("the body ends inside the compressed data")
    return inflated, decompressor.unused_data


def gunzip(body):
    """One member or several, and nothing behind them."""
    parts = []
    while True:
        inflated, body = whole(zlib.decompressobj(wbits=31), body)
        parts.append(inflated)
        if not body:
            return b"".join(parts)


def inflate(body):
    inflated, rest = whole(zlib.decompressobj(), body)
    if rest:
        raise Refused("bytes behind the compressed data")
    return inflated


def unzstd(body):
    """One frame or several. An empty body is no frame."""
    parts = []
    while True:
        if is_skippable(body):
            size = int.from_bytes(body[4:8], "little")
            if len(body) < 8 + size:
                raise Refused("the body ends inside a skippable frame")
            body = body[8 + size :]
        else:
            inflated, body = whole(zstandard.ZstdDecompressor().decompressobj(), body)
            parts.append(inflated)
        if not body:
            return b"".join(parts)


def is_skippable(body):
    return len(body) >= 8 and 0x184D2A50 <= int.from_bytes(body[:4], "little") <= 0x184D2A5F


INFLATE = {"identity": lambda body: body, "gzip": gunzip, "deflate": inflate, "zstd": unzstd}

# ---- protobuf


def judge_protobuf(signal, body):
    try:
        return accepted(REQUESTS[signal].FromString(body))
    except DecodeError as error:
        return {"verdict": "utf8"} if decodes_as_bytes(signal, body) else refused(error)


def decodes_as_bytes(signal, body):
    try:
        BYTES_REQUESTS[signal].FromString(body)
        return True
    except DecodeError:
        return False


def with_bytes_for_strings(requests):
    """The same messages with every string as bytes: what they refuse is malformed, whatever its text."""
    pool = descriptor_pool.DescriptorPool()
    added = set()

    def add(file):
        if file.name in added:
            return
        added.add(file.name)
        for dependency in file.dependencies:
            add(dependency)
        proto = descriptor_pb2.FileDescriptorProto()
        file.CopyToProto(proto)
        for message in proto.message_type:
            change(message)
        pool.Add(proto)

    def change(message):
        for field in message.field:
            if field.type == F.TYPE_STRING:
                field.type = F.TYPE_BYTES
        for nested in message.nested_type:
            change(nested)

    classes = {}
    for signal, request in requests.items():
        add(request.DESCRIPTOR.file)
        descriptor = pool.FindMessageTypeByName(request.DESCRIPTOR.full_name)
        classes[signal] = message_factory.GetMessageClass(descriptor)
    return classes


BYTES_REQUESTS = with_bytes_for_strings(REQUESTS)

# ---- JSON


class Members(list):
    """The members of an object as they stand: the last of equal keys wins, but all are looked at."""


class Number(str):
    """A number as it was written: Python's floats would lose digits of 64-bit integers."""


def judge_json(signal, body):
    message = REQUESTS[signal]()
    try:
        tree = json.loads(
            body.decode("utf-8"),
            parse_int=Number,
            parse_float=Number,
            parse_constant=no_constant,
            object_pairs_hook=Members,
        )
        if not isinstance(tree, Members):
            raise Refused("no object")
        refuse_half_surrogates(tree)
        json_format.ParseDict(protojson(message.DESCRIPTOR, tree), message, max_recursion_depth=DEPTH_MAX)
        return accepted(message)
    except (Refused, ValueError, RecursionError, json_format.ParseError) as error:
        return refused(error)


# json_format counts the request itself.
DEPTH_MAX = 101
IGNORED_DEPTH_MAX = 100


def no_constant(name):
    raise Refused(f"{name} is no JSON")


def refuse_half_surrogates(value):
    """Also in what is ignored: the text is no Unicode."""
    if isinstance(value, str):
        if any("\ud800" <= char <= "\udfff" for char in value):
            raise Refused("half a surrogate pair")
    elif isinstance(value, (list, tuple)):
        for each in value:
            refuse_half_surrogates(each)


def refuse_depth(value, levels):
    """What is ignored has a limit of its own, objects and lists alike."""
    if isinstance(value, (list, tuple)):
        if isinstance(value, list) and levels == IGNORED_DEPTH_MAX:
            raise Refused("nested too deep")
        for each in value:
            refuse_depth(each, levels + isinstance(value, list))


def protojson(descriptor, tree):
    """Without unknown members, with ids in base64 and numbers in the notation json_format reads exactly."""
    known = {field.json_name: field for field in descriptor.fields}
    found = {}
    for key, value in tree:
        if key not in known:
            refuse_depth(value, 0)
            continue
        if key in found:
            alone = message_factory.GetMessageClass(descriptor)()
            json_format.ParseDict({key: found[key]}, alone, max_recursion_depth=DEPTH_MAX)
        found[key] = member(known[key], value)
    return found


def member(field, value):
    if value is None:
        return None
    if not field.is_repeated:
        return single(field, value)
    if not isinstance(value, list) or isinstance(value, Members):
        raise Refused("no list")
    return [single(field, each) for each in value]


def single(field, value):
    if value is None:
        raise Refused("null in a list")
    if field.type == F.TYPE_MESSAGE:
        if not isinstance(value, Members):
            raise Refused("no object")
        return protojson(field.message_type, value)
    if field.type in INTEGERS:
        number = integer(value)
        if field.type == F.TYPE_ENUM and not -(2**31) <= number < 2**31:
            raise Refused("out of range")
        return number
    if field.type in FLOATS:
        return double(value)
    if field.type == F.TYPE_BYTES:
        return bytes_of(field, value)
    if isinstance(value, (Number, list)):
        raise Refused("another type")
    return value


def integer(value):
    text = number_text(value)
    exponent = text.lower().partition("e")[2]
    if exponent and abs(int(exponent)) > EXPONENT_MAX:
        raise Refused("out of range")
    exact = decimal.Decimal(text)
    if exact != exact.to_integral_value():
        raise Refused("a fraction")
    return int(exact)


def double(value):
    if isinstance(value, str) and not isinstance(value, Number) and value in NON_FINITE:
        return value
    number = float(number_text(value))
    if number in (float("inf"), float("-inf")):
        raise Refused("out of range")
    return number


def number_text(value):
    if not isinstance(value, str) or not NUMBER.fullmatch(value):
        raise Refused("no number")
    return str(value)


def bytes_of(field, value):
    if isinstance(value, Number) or not isinstance(value, str):
        raise Refused("no string")
    if field.name in IDS and not (field.name == "profile_id" and not is_hex_profile_id(value)):
        if not HEX.fullmatch(value):
            raise Refused("no hex")
        return base64.b64encode(bytes.fromhex(value)).decode()
    if not BASE64.fullmatch(value):
        raise Refused("no base64")
    digits = value.rstrip("=")
    padding = len(value) - len(digits)
    if len(digits) % 4 == 1 or (padding and len(value) % 4 != 0):
        raise Refused("wrong padding")
    return digits.replace("-", "+").replace("_", "/") + "=" * (-len(digits) % 4)


def is_hex_profile_id(value):
    return len(value) == 32 and HEX.fullmatch(value) is not None


main()
