import { describe, expect, it } from 'vitest'
import { KernelBed } from '../../../generator/kernel-bed.ts'
import { createRandom } from '../../../generator/random.ts'
import { WireWriter } from '../../../generator/wire-writer.ts'

const bed = new KernelBed(1 << 20, 4 << 20)

/** the doubles as the kernel writes them: explicit bounds of one histogram point */
function written(doubles: readonly number[]): string[] {
  const bytes = new Uint8Array(Float64Array.from(doubles).buffer)
  let payload = new WireWriter().tag(7, 2).sized(bytes).finish()
  for (const number of [1, 9, 2, 2, 1]) payload = new WireWriter().tag(number, 2).sized(payload).finish()
  const { code, json } = bed.transcode('metrics', payload)
  expect(code).toBeGreaterThan(0)
  return /"explicitBounds":\[(.*?)\]/.exec(json)![1]!.split(',')
}

const inJavaScript = (value: number): string => {
  if (Object.is(value, -0)) return '-0'
  return Number.isFinite(value) ? String(value) : `"${value}"`
}

function expectExact(doubles: readonly number[]): void {
  expect(written(doubles)).toEqual(doubles.map(inJavaScript))
}

const fromBits = (bits: bigint): number => {
  const view = new DataView(new ArrayBuffer(8))
  view.setBigUint64(0, bits)
  return view.getFloat64(0)
}

describe('kernel double', () => {
  it('quotes what is no number, and keeps the sign of zero', () => {
    expect(written([Number.NaN, Infinity, -Infinity, 0, -0])).toEqual(['"NaN"', '"Infinity"', '"-Infinity"', '0', '-0'])
    expect(written([fromBits(0xfff8000000000001n), fromBits(0x7ff0000000000001n)])).toEqual(['"NaN"', '"NaN"'])
  })

  it('writes whole numbers without a point, up to where JavaScript takes an exponent', () => {
    const wholes = [1, -1, 9, 10, 123456789, 2 ** 53 - 1, 2 ** 53, 2 ** 53 + 2, 1e20, 123456789012345680000, 1e21, 1e22]
    expectExact([...wholes, ...wholes.map((value) => -value)])
  })

  it('writes small numbers with zeros, then with an exponent', () => {
    expectExact([0.1, 0.01, 0.000001, 0.0000012345678901234567, 1e-6, 9.999e-7, 1e-7, 1.5e-7, 1e-10, 5e-324, 1.5e-323])
  })

  it('is the shortest text that reads back, at the borders of every power of two', () => {
    for (let first = 0; first < 2047; first += 256) {
      const doubles: number[] = []
      for (let exponent = first; exponent < Math.min(first + 256, 2047); exponent++) {
        for (const fraction of [0n, 1n, 2n, 2n ** 51n, 2n ** 52n - 1n]) {
          doubles.push(fromBits((BigInt(exponent) << 52n) | fraction))
        }
      }
      expectExact(doubles)
    }
  })

  it('is the shortest text that reads back, at every power of ten and beside it', () => {
    const doubles: number[] = []
    for (let exponent = -323; exponent <= 308; exponent++) {
      const power = Number(`1e${exponent}`)
      doubles.push(power, power * (1 + Number.EPSILON), power * (1 - Number.EPSILON / 2), Number(`9.5e${exponent - 1}`))
    }
    expectExact(doubles)
  })

  it('is the shortest text that reads back, for 100000 random doubles', () => {
    const random = createRandom(7)
    for (let round = 0; round < 10; round++) {
      const anyBits = Array.from({ length: 5000 }, () => fromBits(random.long()))
      const decimals = Array.from({ length: 5000 }, () => random.word() / 10 ** random.below(12))
      expectExact([...anyBits, ...decimals])
    }
  })
})
