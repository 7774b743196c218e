import { hash } from 'node:crypto'

const BLOCK = 64

/**
 * HMAC-SHA-256 with a fixed key, built from the one-shot `crypto.hash`. `createHmac` makes an OpenSSL context for each call and
 * took 8 µs here; two one-shot hashes over prepared buffers take 0.6 µs. A request needs one, an object two.
 * Source of the construction: RFC 2104.
 */
export class HmacSha256 {
  readonly #inner: Buffer
  readonly #outer = Buffer.alloc(BLOCK + 32)
  readonly #length: number

  /**
   * @param key at most 64 bytes
   * @param messageLength bytes of every message that will be signed with it
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

  /** Puts ASCII text into the message at a position; it stays there for the calls that follow. */
  write(text: string, position: number): void {
    if (position + text.length > this.#length) throw new RangeError('the text does not fit the message')
    this.#inner.write(text, BLOCK + position, 'latin1')
  }

  /** The code of the message as it now stands, as 64 hexadecimal digits. */
  digest(): string {
    this.#outer.write(hash('sha256', this.#inner, 'binary'), BLOCK, 'latin1')
    return hash('sha256', this.#outer, 'hex')
  }
}
