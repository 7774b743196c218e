import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { seededRandom } from '../random.js'

const BLOCK_BYTES = 1 << 20

/** Bodies up to this size are one buffer; longer ones are a stream. */
const BUFFERED_BYTES = 8 << 20

const blocks = new Map<number, Buffer>()

/**
 * The bytes of object `index`: the same for the same seed, different for every object. They look random to a compressor
 * beyond one block of 1 MiB only, which no test relies on.
 */
export function datasetBytes(seed: number, index: number, sizeBytes: number): Buffer {
  const body = Buffer.allocUnsafe(sizeBytes)
  fill(body, seed, index, 0)
  return body
}

/** The same bytes as `datasetBytes`, as a buffer when they are few and as a stream when they are many. */
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
  for (let start = 0; start < sizeBytes; start += BLOCK_BYTES) {
    const chunk = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, sizeBytes - start))
    fill(chunk, seed, index, start / BLOCK_BYTES)
    yield chunk
  }
}

/** Each MiB starts with its own 16-byte head and goes on with the seed's block, turned by the object's and MiB's number. */
function fill(target: Buffer, seed: number, index: number, firstChunk: number): void {
  const block = blockOf(seed)
  for (let start = 0; start < target.length; start += BLOCK_BYTES) {
    const chunk = target.subarray(start, start + BLOCK_BYTES)
    const number = firstChunk + start / BLOCK_BYTES
    const turn = ((index * 7919 + number * 104_729) % BLOCK_BYTES) & ~7
    const copied = block.copy(chunk, 0, turn)
    if (copied < chunk.length) block.copy(chunk, copied, 0)
    const head = Buffer.alloc(16)
    head.writeUInt32LE(seed >>> 0, 0)
    head.writeUInt32LE(number >>> 0, 4)
    head.writeDoubleLE(index, 8)
    head.copy(chunk)
  }
}

function blockOf(seed: number): Buffer {
  let block = blocks.get(seed)
  if (block === undefined) {
    const random = seededRandom(seed)
    block = Buffer.allocUnsafe(BLOCK_BYTES)
    for (let at = 0; at < BLOCK_BYTES; at += 4) block.writeUInt32LE(Math.floor(random() * 4_294_967_296), at)
    blocks.set(seed, block)
  }
  return block
}
