import { once } from 'node:events'
import type { Transform } from 'node:stream'
import { type Zlib, createGunzip, createZstdDecompress } from 'node:zlib'
import { ManifestError } from '../errors.js'
import { InputBytes } from './input-bytes.js'

/** How many first bytes identify a compressed stream. */
const MAGIC_BYTES = 4

/** `skippable`: a frame without data between those of Zstandard (RFC 8878 § 3.1.2), as pzstd and seekable files have. */
type Packing = 'gzip' | 'zstd' | 'skippable'

/**
 * The bytes of a stream, decompressed if they begin like GZIP or Zstandard, whatever the name says: all members of GZIP and all frames
 * of Zstandard, to the last byte. Throws `LAGOON_MANIFEST_LIST_CORRUPT` for compressed bytes that can't be decompressed, end early, or
 * are followed by others.
 */
export async function* unpackStream(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const input = new InputBytes(bytes)
  try {
    let packing = packingOf(await input.peek(MAGIC_BYTES))
    if (!packing) {
      for (await input.ready(); ; await input.ready()) {
        const piece = input.take()
        if (!piece) return
        yield piece
      }
    }
    while (packing) {
      if (packing === 'skippable') await skipFrame(name, input)
      else yield* unpackMember(name, input, packing === 'gzip' ? createGunzip() : createZstdDecompress())
      const following = await input.peek(MAGIC_BYTES)
      if (following.length === 0) return
      packing = packingOf(following)
    }
    throw corrupt(name, 'there are bytes after the end of its compressed data')
  } finally {
    await input.close()
  }
}

function packingOf(head: Buffer): Packing | null {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip'
  if (head.length < MAGIC_BYTES) return null
  const magic = head.readUInt32LE(0)
  if (magic === 0xfd2fb528) return 'zstd'
  return magic >>> 4 === 0x184d2a5 ? 'skippable' : null
}

async function skipFrame(name: string, input: InputBytes): Promise<void> {
  const header = await input.peek(MAGIC_BYTES + 4)
  const length = header.length < MAGIC_BYTES + 4 ? Infinity : header.length + header.readUInt32LE(MAGIC_BYTES)
  if (length === Infinity || (await input.drop(length)) < length)
    throw corrupt(name, 'unexpected end of file')
}

/** Decompresses until the decompressor accepts no more, and returns what is left to the input. */
async function* unpackMember(
  name: string,
  input: InputBytes,
  unpacker: Transform & Zlib,
): AsyncGenerator<Uint8Array, void, undefined> {
  const feeder = new Feeder(input, unpacker)
  const feeding = feeder.run()
  try {
    for await (const piece of unpacker) yield piece as Uint8Array
  } catch (error) {
    throw unpackError(name, error)
  } finally {
    feeder.stop()
    await feeding
  }
  feeder.giveBackRest()
}

/** Writes pieces to a decompressor as fast as it accepts them, and keeps those that it may not have used. */
class Feeder {
  readonly #input: InputBytes
  readonly #unpacker: Transform & Zlib
  readonly #stop = new AbortController()
  /** The pieces written last; the first of them begins at `#from`. */
  #written: Uint8Array[] = []
  #from = 0

  constructor(input: InputBytes, unpacker: Transform & Zlib) {
    this.#input = input
    this.#unpacker = unpacker
  }

  /** Ends with the input, or when it is stopped. */
  async run(): Promise<void> {
    const { signal } = this.#stop
    const stopped = once(signal, 'abort')
    try {
      while (!signal.aborted) {
        await Promise.race([this.#input.ready(), stopped])
        if (signal.aborted) return
        const piece = this.#input.take()
        if (!piece) {
          this.#unpacker.end()
          return
        }
        this.#remember(piece)
        if (!this.#unpacker.write(piece))
          await Promise.race([once(this.#unpacker, 'drain', { signal }), stopped])
      }
    } catch (error) {
      if (!signal.aborted) this.#unpacker.destroy(error as Error)
    }
  }

  stop(): void {
    this.#stop.abort()
    this.#unpacker.destroy()
  }

  giveBackRest(): void {
    this.#forgetUsed()
    const used = this.#unpacker.bytesWritten - this.#from
    const [first, ...others] = this.#written
    if (first) this.#input.giveBack([first.subarray(used), ...others])
  }

  #remember(piece: Uint8Array): void {
    this.#forgetUsed()
    this.#written.push(piece)
  }

  #forgetUsed(): void {
    while (this.#written[0] && this.#from + this.#written[0].length <= this.#unpacker.bytesWritten) {
      this.#from += this.#written.shift()!.length
    }
  }
}

function unpackError(name: string, error: unknown): unknown {
  const code = (error as { code?: unknown } | null)?.code
  if (typeof code !== 'string' || !/^Z_|^ZSTD_|^ERR_ZLIB/.test(code)) return error
  return corrupt(name, error instanceof Error ? error.message : '', error)
}

function corrupt(name: string, why: string, cause?: unknown): ManifestError {
  return new ManifestError('LAGOON_MANIFEST_LIST_CORRUPT', {
    message: `${name}: cannot be decompressed: ${why}`,
    hint: 'The file is damaged or truncated; write it again.',
    cause,
  })
}
