import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { ManifestError } from '../errors.js'

/** How long the beginning is by which a packed stream is known. */
const MAGIC_BYTES = 4

/**
 * The bytes of a stream, unpacked when they begin as GZIP or Zstandard do, whatever the name says. Throws
 * `LAGOON_MANIFEST_LIST_CORRUPT` for packed bytes that don't unpack or end early.
 */
export async function* unpackStream(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const iterator = bytes[Symbol.asyncIterator]()
  let head = Buffer.alloc(0)
  let ended = false
  try {
    while (head.length < MAGIC_BYTES && !ended) {
      const next = await iterator.next()
      if (next.done) ended = true
      else head = Buffer.concat([head, next.value])
    }
    const unpacker = unpackerFor(head)
    const whole = rejoin(head, iterator)
    if (!unpacker) {
      yield* whole
      return
    }
    const piping = pipeline(Readable.from(whole), unpacker)
    // The error comes out of the loop below as well.
    piping.catch(() => undefined)
    try {
      for await (const piece of unpacker) yield piece as Uint8Array
    } catch (error) {
      throw unpackError(name, error)
    }
  } finally {
    await iterator.return?.()
  }
}

function unpackerFor(head: Buffer) {
  if (head.length < MAGIC_BYTES) return null
  if (head[0] === 0x1f && head[1] === 0x8b) return createGunzip()
  return head.readUInt32LE(0) === 0xfd2fb528 ? createZstdDecompress() : null
}

async function* rejoin(head: Buffer, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}

function unpackError(name: string, error: unknown): unknown {
  const code = (error as { code?: unknown } | null)?.code
  if (typeof code !== 'string' || !/^Z_|^ZSTD_|^ERR_ZLIB/.test(code)) return error
  return new ManifestError('LAGOON_MANIFEST_LIST_CORRUPT', {
    message: `${name}: does not unpack: ${error instanceof Error ? error.message : ''}`,
    hint: 'The file is damaged or cut short: write it again.',
    cause: error,
  })
}
