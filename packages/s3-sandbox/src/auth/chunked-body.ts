import { createHash, type Hash } from 'node:crypto'
import { S3Error } from '../s3/s3-error.js'
import { hmacHex } from './signing.js'
import type { VerifiedRequest } from './verify-request.js'

const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const MAX_LINE_BYTES = 16 * 1024

/**
 * Removes the `aws-chunked` framing of a body: `size;chunk-signature=…\r\n bytes \r\n … 0\r\n trailers \r\n`. Checks each chunk's signature
 * if the request announced signed chunks; trailers go into `trailers` by lower-case name.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 *
 * @throws {S3Error} `SignatureDoesNotMatch`, `IncompleteBody`
 */
export async function* decodeChunkedBody(
  source: AsyncIterable<Uint8Array>,
  verified: VerifiedRequest,
  trailers: Map<string, string>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const signer =
    verified.key !== null && verified.payloadHash.startsWith('STREAMING-AWS4-HMAC-SHA256')
      ? new ChunkSigner(verified)
      : null
  const input = new ByteReader(source)
  for (;;) {
    const line = await input.line()
    const [sizeText = '', ...extensions] = line.split(';')
    if (!/^[0-9a-fA-F]{1,12}$/.test(sizeText)) throw new S3Error('IncompleteBody')
    const signature = extensions
      .find((text) => text.startsWith('chunk-signature='))
      ?.slice('chunk-signature='.length)
    let left = Number.parseInt(sizeText, 16)
    const last = left === 0
    while (left > 0) {
      const bytes = await input.bytes(left)
      signer?.update(bytes)
      left -= bytes.length
      yield bytes
    }
    signer?.check(signature)
    if (last) break
    if ((await input.line()) !== '') throw new S3Error('IncompleteBody')
  }
  for (let line = await input.line(); line !== ''; line = await input.line()) {
    const colon = line.indexOf(':')
    if (colon > 0) trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim())
  }
}

/** Each chunk's signature covers the one before it. */
class ChunkSigner {
  readonly #verified: VerifiedRequest
  #previous: string
  #hash: Hash = createHash('sha256')

  constructor(verified: VerifiedRequest) {
    this.#verified = verified
    this.#previous = verified.signature
  }

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes)
  }

  check(signature: string | undefined): void {
    const { amzDate, scope, key } = this.#verified
    const bodyHash = this.#hash.digest('hex')
    const text = `AWS4-HMAC-SHA256-PAYLOAD\n${amzDate}\n${scope}\n${this.#previous}\n${EMPTY_SHA256}\n${bodyHash}`
    const expected = hmacHex(key!, text)
    if (expected !== signature) throw new S3Error('SignatureDoesNotMatch')
    this.#previous = expected
    this.#hash = createHash('sha256')
  }
}

/** Reads lines and runs of bytes from a stream of buffers. */
class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>
  #buffer: Buffer = Buffer.alloc(0)

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#chunks = source[Symbol.asyncIterator]()
  }

  /** Up to `limit` bytes, at least one. */
  async bytes(limit: number): Promise<Uint8Array> {
    if (this.#buffer.length === 0 && !(await this.#more())) throw new S3Error('IncompleteBody')
    const taken = this.#buffer.subarray(0, limit)
    this.#buffer = this.#buffer.subarray(taken.length)
    return taken
  }

  /** The text up to the next CRLF; at the end of the body the rest, which may be empty. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#buffer.indexOf('\r\n')
      if (end !== -1) {
        const line = this.#buffer.toString('latin1', 0, end)
        this.#buffer = this.#buffer.subarray(end + 2)
        return line
      }
      if (this.#buffer.length > MAX_LINE_BYTES) throw new S3Error('IncompleteBody')
      if (!(await this.#more())) {
        const rest = this.#buffer.toString('latin1')
        this.#buffer = Buffer.alloc(0)
        return rest
      }
    }
  }

  async #more(): Promise<boolean> {
    const next = await this.#chunks.next()
    if (next.done) return false
    this.#buffer =
      this.#buffer.length === 0
        ? Buffer.from(next.value.buffer, next.value.byteOffset, next.value.length)
        : Buffer.concat([this.#buffer, next.value])
    return true
  }
}
