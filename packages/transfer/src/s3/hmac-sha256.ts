import { hash } from 'node:crypto'

const BLOCK = 64

/**
 * HMAC-SHA-256 with a fixed key, built from the one-shot `crypto.hash`. `createHmac` creates an OpenSSL context for
 * each call, which is more than ten times slower than two one-shot hashes over prepared buffers. A request needs one
 * signature, an object two. Source of the construction: RFC 2104.
 */
export class HmacSha256 {
  readonly #inner: Buffer
  readonly #outer = Buffer.alloc(BLOCK + 32)
  readonly #length: number

  /**
   * @param key at most 64 bytes
   * @param messageLength bytes of every message to sign
   */
  constructor(key: Uint8Array, messageLength: number) {
    if (key.length > BLOCK) throw new RangeError('an HMAC key longer than a block has to be hashed first')
    this.#length = messageLength
    this.#inner = Buffer.alloc(BLOCK + messageLength)
    for (let index = 0; index < BLOCK; index++) {
      const byte = key[index] ?? 0
      this.#inner[index] = byte ^ 0x36
      this.#outer[index] = byte ^ 0x5c
    }
  }

  /** Writes ASCII text into the message at a position; it stays there for later calls. */
  write(text: string, position: number): void {
    if (position + text.length > this.#length) throw new RangeError('the text does not fit the message')
    this.#inner.write(text, BLOCK + position, 'latin1')
  }

  /** The code of the current message, as 64 hexadecimal digits. */
  digest(): string {
    this.#outer.write(hash('sha256', this.#inner, 'binary'), BLOCK, 'latin1')
    return hash('sha256', this.#outer, 'hex')
  }
}
