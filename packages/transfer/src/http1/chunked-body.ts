import { malformed } from './errors.js'

const SIZE_LINE = /^([0-9A-Fa-f]{1,12})(?:[ \t]*;[\t\x20-\x7e\x80-\xff]*)?$/
const TRAILER = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*$/
/** Of a line with a size, or of all trailers together. */
const MAX_LINE_BYTES = 16 * 1024
const LF = 10

/** Undoes the chunked transfer coding (RFC 9112, section 7.1). Chunk extensions and trailers are read and forgotten. */
export class ChunkedBody {
  #state: 'size' | 'data' | 'data-end' | 'trailer' | 'done' = 'size'
  #left = 0
  #line = ''
  #lineBytes = 0

  get done(): boolean {
    return this.#state === 'done'
  }

  /**
   * Takes bytes up to the end of the body, or until `wanted` says no, and gives where it stopped.
   *
   * @throws Http1Error `HTTP1_MALFORMED`
   */
  execute(bytes: Buffer, start: number, data: (chunk: Buffer) => void, wanted: () => boolean): number {
    let at = start
    while (at < bytes.length && this.#state !== 'done' && wanted()) {
      if (this.#state === 'data') {
        const to = Math.min(bytes.length, at + this.#left)
        this.#left -= to - at
        if (this.#left === 0) this.#state = 'data-end'
        data(bytes.subarray(at, to))
        at = to
      } else at = this.#readLine(bytes, at)
    }
    return at
  }

  #readLine(bytes: Buffer, at: number): number {
    const lineFeed = bytes.indexOf(LF, at)
    const to = lineFeed < 0 ? bytes.length : lineFeed + 1
    this.#lineBytes += to - at
    if (this.#lineBytes > MAX_LINE_BYTES) throw malformed('a line between chunks is too long')
    this.#line += bytes.toString('latin1', at, to)
    if (this.#state === 'data-end' && !'\r\n'.startsWith(this.#line))
      throw malformed('a chunk is longer than its size')
    if (lineFeed < 0) return to
    if (!this.#line.endsWith('\r\n')) throw malformed('a line between chunks ends without CR')
    const line = this.#line.slice(0, -2)
    this.#line = ''
    this.#next(line)
    return to
  }

  #next(line: string): void {
    if (this.#state === 'data-end') this.#state = 'size'
    else if (this.#state === 'size') {
      const size = SIZE_LINE.exec(line)
      if (size === null) throw malformed('the size of a chunk')
      this.#left = Number.parseInt(size[1]!, 16)
      this.#state = this.#left === 0 ? 'trailer' : 'data'
    } else if (line === '') this.#state = 'done'
    else if (!TRAILER.test(line)) throw malformed('a trailer')
    // Trailers count together.
    if (this.#state !== 'trailer') this.#lineBytes = 0
  }
}
