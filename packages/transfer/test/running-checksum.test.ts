import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checksumOf, startChecksum } from '../src/verify/running-checksum.js'
import { combineCrc, startCrc, type CrcAlgorithm } from '../src/verify/crc.js'

const CRCS: CrcAlgorithm[] = ['crc64nvme', 'crc32c', 'crc32']

function crcOf(algorithm: CrcAlgorithm, bytes: Uint8Array): bigint {
  const crc = startCrc(algorithm)
  crc.update(bytes)
  return crc.value()
}

// The check values of the catalogue https://reveng.sourceforge.io/crc-catalogue/all.htm
test.each([
  ['crc32', 'cbf43926'],
  ['crc32c', 'e3069283'],
  ['crc64nvme', 'ae8b14860a799888'],
] as const)('%s of 123456789 has its published check value', (algorithm, hex) => {
  expect(crcOf(algorithm, Buffer.from('123456789')).toString(16)).toBe(hex)
  expect(checksumOf(algorithm, Buffer.from('123456789'))).toBe(Buffer.from(hex, 'hex').toString('base64'))
})

test('a SHA is that of the bytes', () => {
  expect(checksumOf('sha256', Buffer.alloc(0))).toBe('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=')
})

test.each([...CRCS, 'sha256', 'sha1'])('%s does not depend on the chunking', (algorithm) => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 })
  fc.assert(
    fc.property(chunks, (parts) => {
      const running = startChecksum(algorithm)
      for (const part of parts) running.update(part)
      expect(running.base64()).toBe(checksumOf(algorithm, Buffer.concat(parts)))
    }),
  )
})

test.each(CRCS)('%s of the whole is combined from those of the parts', (algorithm) => {
  const bytes = fc.uint8Array({ maxLength: 300 })
  fc.assert(
    fc.property(bytes, bytes, (first, second) => {
      const combined = combineCrc(algorithm, crcOf(algorithm, first), crcOf(algorithm, second), second.length)
      expect(combined).toBe(crcOf(algorithm, Buffer.concat([first, second])))
    }),
  )
})
