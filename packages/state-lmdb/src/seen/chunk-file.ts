import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { CHUNK_BYTES } from '../keys/chunk.js'

/** Chunks with consecutive numbers that share a block of the file. */
const BLOCK_BITS = 9
const BLOCK_CHUNKS = 1 << BLOCK_BITS
const BLOCK_BYTES = BLOCK_CHUNKS * CHUNK_BYTES

/** A part of the file that holds {@link BLOCK_CHUNKS} chunks. */
interface Block {
  readonly offset: number
  /** Bytes of each chunk; 0 where there is none. */
  readonly lengths: Uint16Array
  chunks: number
}

/**
 * The chunks of a key set in a file that is thrown away. It is read and written, never mapped, so that the pages of the file do not
 * count as memory of the process. A block is used again when the last of its chunks was removed.
 */
export class ChunkFile {
  readonly #descriptor: number
  readonly #blocks = new Map<number, Block>()
  /** Blocks without chunks. */
  readonly #free: Block[] = []
  readonly #bytes = Buffer.alloc(CHUNK_BYTES)
  #view = this.#bytes

  /** @param path of the file; it must not exist */
  constructor(path: string) {
    this.#descriptor = openSync(path, 'wx+', 0o600)
  }

  /** The chunk in a buffer that the next call overwrites; undefined if there is none. */
  getBinaryFast(number: number): Uint8Array | undefined {
    const block = this.#blocks.get(number >>> BLOCK_BITS)
    const length = block?.lengths[number % BLOCK_CHUNKS] ?? 0
    if (length === 0) return undefined
    if (this.#view.length !== length) this.#view = this.#bytes.subarray(0, length)
    const read = readSync(this.#descriptor, this.#view, 0, length, positionOf(block!, number))
    return this.#view.subarray(0, read)
  }

  /** @param chunk at most {@link CHUNK_BYTES} */
  put(number: number, chunk: Uint8Array): void {
    const block = this.#blocks.get(number >>> BLOCK_BITS) ?? this.#begin(number >>> BLOCK_BITS)
    writeSync(this.#descriptor, chunk, 0, chunk.length, positionOf(block, number))
    if (block.lengths[number % BLOCK_CHUNKS] === 0) block.chunks++
    block.lengths[number % BLOCK_CHUNKS] = chunk.length
  }

  remove(number: number): void {
    const block = this.#blocks.get(number >>> BLOCK_BITS)
    if (block === undefined || block.lengths[number % BLOCK_CHUNKS] === 0) return
    block.lengths[number % BLOCK_CHUNKS] = 0
    if (--block.chunks > 0) return
    this.#blocks.delete(number >>> BLOCK_BITS)
    this.#free.push(block)
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  #begin(index: number): Block {
    const block = this.#free.pop() ?? {
      offset: this.#blocks.size * BLOCK_BYTES,
      lengths: new Uint16Array(BLOCK_CHUNKS),
      chunks: 0,
    }
    this.#blocks.set(index, block)
    return block
  }
}

function positionOf({ offset }: Block, number: number): number {
  return offset + (number % BLOCK_CHUNKS) * CHUNK_BYTES
}
