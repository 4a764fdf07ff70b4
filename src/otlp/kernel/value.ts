/** Scalars as OTLP/JSON writes them; one of them needs at most 32 bytes, within RESERVE. */
import { writeDouble } from './double'
import { FAULTS_END, OUTPUT_FULL, TRUNCATED } from './faults'
import { writeInt32, writeInt64, writeUint32, writeUint64 } from './number'
import { outputLimit } from './space'
import {
  ACT_BOOL,
  ACT_DOUBLE,
  ACT_FIXED32,
  ACT_FIXED64,
  ACT_INT32,
  ACT_INT64,
  ACT_SFIXED64,
  ACT_SINT32,
  ACT_STRINDEX,
  ACT_UINT32,
  ACT_UINT64,
} from './tables'
import { readVarint, varintValue } from './wire'

/** raw is the varint, or the bits of a fixed value; 32-bit kinds use its low half, as all decoders do */
export function writeScalar(action: u32, raw: u64, out: usize): usize {
  switch (action) {
    case ACT_UINT64:
    case ACT_FIXED64: {
      store<u8>(out, 0x22)
      out = writeUint64(raw, out + 1)
      store<u8>(out, 0x22)
      return out + 1
    }
    case ACT_INT64:
    case ACT_SFIXED64: {
      store<u8>(out, 0x22)
      out = writeInt64(<i64>raw, out + 1)
      store<u8>(out, 0x22)
      return out + 1
    }
    case ACT_UINT32:
    case ACT_FIXED32:
      return writeUint32(<u32>raw, out)
    case ACT_INT32:
    case ACT_STRINDEX:
      return writeInt32(<i32>raw, out)
    case ACT_SINT32:
      return writeInt32(<i32>((<u32>raw >>> 1) ^ (0 - (<u32>raw & 1))), out)
    case ACT_DOUBLE:
      return writeDouble(raw, out)
    case ACT_BOOL:
      return writeBool(raw != 0, out)
    default:
      unreachable()
      return out
  }
}

function writeBool(value: bool, out: usize): usize {
  if (value) {
    store<u32>(out, 0x65757274) // true
    return out + 4
  }
  store<u32>(out, 0x736c6166) // fals
  store<u8>(out, 0x65, 4)
  return out + 5
}

/** the elements of a packed field, each with its comma */
export function writePacked(action: u32, at: usize, end: usize, out: usize): usize {
  while (at < end) {
    if (out > outputLimit) return OUTPUT_FULL
    let raw: u64
    if (action < ACT_FIXED64) {
      at = readVarint(at, end)
      if (at < FAULTS_END) return at
      raw = varintValue
    } else if (action == ACT_FIXED32) {
      if (end - at < 4) return TRUNCATED
      raw = load<u32>(at)
      at += 4
    } else {
      if (end - at < 8) return TRUNCATED
      raw = load<u64>(at)
      at += 8
    }
    out = writeScalar(action, raw, out)
    store<u8>(out++, 0x2c)
  }
  return out
}
