/** Smallest requests that count: one resource, one scope, `items` items, by hand in protobuf. */
function field(fieldNumber: number, content: Buffer): Buffer {
  return Buffer.concat([varint(fieldNumber * 8 + 2), varint(content.length), content])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  return Buffer.from([...bytes, rest])
}

function repeated(count: number, bytes: Buffer): Buffer {
  return Buffer.concat(Array.from({ length: count }, () => bytes))
}

/** @param nameBytes length of each span's name: makes bodies of any size */
export function tracesBody(spans = 1, nameBytes = 5): Buffer {
  const span = field(5, Buffer.alloc(nameBytes, 'n'))
  return field(1, field(2, repeated(spans, field(2, span))))
}

export function logsBody(records = 1): Buffer {
  return field(1, field(2, repeated(records, field(2, field(3, Buffer.from('INFO'))))))
}
