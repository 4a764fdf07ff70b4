import { describe, expect, it } from 'vitest'
import { KERNEL_ERROR } from '../../../../src/otlp/kernel-instance.ts'
import { KernelBed } from '../../../generator/kernel-bed.ts'
import { createRandom } from '../../../generator/random.ts'

const bed = new KernelBed(1 << 16, 1 << 16)
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

function mended(text: Uint8Array, bytesMax = text.length * 3 + 64): Buffer | number {
  return bed.mend(text, bytesMax)
}

describe('mend', () => {
  it('leaves valid text as it is', () => {
    const text = Buffer.from('{"a":"é 日本 😀"}')
    expect(mended(text, text.length)).toEqual(text)
  })

  it('replaces as TextDecoder does whatever is no UTF-8', () => {
    const random = createRandom(7)
    const leads = [
      0x41, 0x22, 0x80, 0xbf, 0xc0, 0xc2, 0xe0, 0xe2, 0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff, 0x9f, 0xa0, 0x90,
    ]
    for (let round = 0; round < 20_000; round++) {
      const text = Uint8Array.from({ length: random.below(24) }, () => random.pick(leads))
      expect(mended(text), Buffer.from(text).toString('hex')).toEqual(Buffer.from(decoder.decode(text)))
    }
  })

  it('says that there is too little room instead of writing beyond it', () => {
    const text = Buffer.alloc(30, 0xff)
    expect(mended(text, 60)).toBe(KERNEL_ERROR.OUTPUT_FULL)
    expect(mended(text, 90)).toEqual(Buffer.from('\ufffd'.repeat(30)))
  })
})
