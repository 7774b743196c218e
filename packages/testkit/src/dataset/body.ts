import { createCipheriv, createHash } from 'node:crypto'
import { Readable } from 'node:stream'

/** Bodies up to this size are one buffer; longer ones are a stream. */
const BUFFERED_BYTES = 8 << 20
const zeros = Buffer.alloc(1 << 20)

/**
 * The bytes of object `index`: the same for the same seed, different for every object, and incompressible. They are the key stream of AES
 * in counter mode.
 */
export function datasetBytes(seed: number, index: number, sizeBytes: number): Buffer {
  return Buffer.concat([...datasetChunks(seed, index, sizeBytes)], sizeBytes)
}

/** The same bytes as `datasetBytes`, as a buffer if small and as a stream if large. */
export function datasetBody(seed: number, index: number, sizeBytes: number): Buffer | Readable {
  if (sizeBytes <= BUFFERED_BYTES) return datasetBytes(seed, index, sizeBytes)
  return Readable.from(datasetChunks(seed, index, sizeBytes), { objectMode: false })
}

/** Hex MD5 of the bytes of object `index`. */
export function datasetMd5(seed: number, index: number, sizeBytes: number): string {
  const hash = createHash('md5')
  for (const chunk of datasetChunks(seed, index, sizeBytes)) hash.update(chunk)
  return hash.digest('hex')
}

function* datasetChunks(seed: number, index: number, sizeBytes: number): Generator<Buffer> {
  const key = Buffer.alloc(16)
  key.writeUInt32LE(seed >>> 0)
  // The counter grows from the other end.
  const counter = Buffer.alloc(16)
  counter.writeDoubleLE(index)
  const cipher = createCipheriv('aes-128-ctr', key, counter)
  for (let left = sizeBytes; left > 0; left -= zeros.length)
    yield cipher.update(zeros.subarray(0, Math.min(left, zeros.length)))
}
