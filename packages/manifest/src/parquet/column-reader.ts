import { crc32 } from 'node:zlib'
import { ByteCursor } from './bytes/byte-cursor.js'
import type { ChunkBytes } from './chunk-bytes.js'
import { Damage, corrupt } from './bytes/damage.js'
import { decompress, release } from './codecs/decompress.js'
import type { Codec } from './footer/row-group-meta.js'
import { type Encoding, type PageHeader, parsePageHeader } from './footer/page-header.js'
import { RleHybridReader } from './values/rle-hybrid.js'
import type { Leaf } from './footer/schema.js'
import type { ValueDecoder } from './values/value-sink.js'

/**
 * The largest page that is decompressed. DuckDB 2.0 ends a page with the first vector (2,048 values) that reaches 100 MiB; other
 * writers aim at 1 MiB.
 */
const MAX_PAGE_BYTES = 128 * 1024 * 1024

/**
 * How much a column may decompress to: this, plus as much again for every value. Keys are at most 1,024 bytes, so only a file made to
 * exhaust its reader exceeds it.
 */
const FREE_BYTES = 16 * 1024 * 1024
const MAX_BYTES_PER_VALUE = 4_096

const HEADER_BYTES = 4_096
const MAX_HEADER_BYTES = 1024 * 1024

/** How the values of a kind of column are decoded. */
export interface ValueKind<Sink, Dictionary> {
  dictionary(page: Buffer, size: number): Dictionary
  values(encoding: Encoding, page: Buffer, start: number, dictionary: Dictionary | null): ValueDecoder<Sink>
}

interface OpenPage<Sink> {
  /** Rows not read yet. */
  left: number
  levels: RleHybridReader | null
  values: ValueDecoder<Sink>
  /** What was decompressed for this page alone. */
  unpacked: Buffer | null
}

interface Missing {
  missing(count: number): void
}

/**
 * Reads one column of one row group, a few rows at a time and never more than one page in memory. Invariants:
 *
 * 1. A row is either passed to the sink or an error is thrown: rows are never skipped silently.
 * 2. Work and memory are bounded by the bytes of the column and the requested rows, whatever its headers claim.
 *
 * Throws `Damage`.
 */
export class ColumnReader<Sink extends Missing, Dictionary> {
  readonly #bytes: ChunkBytes
  readonly #leaf: Leaf
  readonly #codec: Codec | null
  readonly #kind: ValueKind<Sink, Dictionary>
  readonly #levels = new Uint8Array(1_024)
  #dictionary: Dictionary | null = null
  #page: OpenPage<Sink> | null = null
  #unpackedBytes = 0
  #values = 0

  constructor(bytes: ChunkBytes, leaf: Leaf, codec: Codec | null, kind: ValueKind<Sink, Dictionary>) {
    this.#bytes = bytes
    this.#leaf = leaf
    this.#codec = codec
    this.#kind = kind
  }

  /** Offset in the file of the next page: for messages. */
  get position(): number {
    return this.#bytes.position
  }

  /** Begins to fetch, before anything is read. */
  prefetch(): void {
    this.#bytes.prefetch()
  }

  /** Passes the next `rows` rows to the sink. */
  async read(rows: number, sink: Sink): Promise<void> {
    for (let left = rows; left > 0;) {
      while (!this.#page || this.#page.left === 0) await this.#nextPage(0)
      const take = Math.min(left, this.#page.left)
      this.#readFromPage(take, sink)
      left -= take
      if (this.#page.left === 0 && this.#page.unpacked) {
        release(this.#page.unpacked)
        this.#page = null
      }
    }
  }

  /** Skips the next `rows` rows. Pages that lie entirely among them are not decompressed. */
  async skip(rows: number, discard: Sink): Promise<void> {
    for (let left = rows; left > 0;) {
      if (!this.#page || this.#page.left === 0) left -= await this.#nextPage(left)
      else {
        const take = Math.min(left, this.#page.left)
        await this.read(take, discard)
        left -= take
      }
    }
  }

  /** After the last row: throws if the column has more rows than were requested. */
  async expectEnd(): Promise<void> {
    if (this.#page && this.#page.left > 0) throw corrupt('more rows in the column than its footer announces')
    while (this.#bytes.left > 0) {
      const header = await this.#peekHeader().catch((error: unknown) => {
        if (error instanceof Damage) return null
        throw error
      })
      // Padding after the last page is harmless.
      if (!header) return
      if (header.kind.startsWith('data') && header.values > 0) {
        throw corrupt('more rows in the column than its footer announces')
      }
      await this.#bytes.take(header.headerBytes + header.compressedBytes)
    }
  }

  #readFromPage(rows: number, sink: Sink): void {
    const page = this.#page!
    page.left -= rows
    if (!page.levels) {
      page.values.read(rows, sink)
      return
    }
    const present = this.#leaf.maxDefinitionLevel
    for (let left = rows; left > 0; left -= this.#levels.length) {
      const take = Math.min(left, this.#levels.length)
      page.levels.read(this.#levels, take)
      for (let from = 0; from < take;) {
        const level = this.#levels[from]!
        if (level > present) throw corrupt(`a definition level of ${level} where ${present} is the highest`)
        let to = from + 1
        while (to < take && this.#levels[to] === level) to++
        if (level === present) page.values.read(to - from, sink)
        else sink.missing(to - from)
        from = to
      }
    }
  }

  /** Opens the next page, or skips it if it has no more than that many rows. Returns how many it skipped. */
  async #nextPage(passOver: number): Promise<number> {
    if (this.#bytes.left === 0) throw new Damage('rows-missing', 'the column ends')
    const header = await this.#peekHeader()
    if (header.kind === 'dictionary' && this.#dictionary) throw corrupt('a second dictionary')
    await this.#bytes.take(header.headerBytes)
    this.#checkBudget(header)
    const body = await this.#bytes.take(header.compressedBytes)
    if (header.kind.startsWith('data') && header.values <= passOver) return header.values
    if (header.crc !== null && crc32(body) !== header.crc) {
      throw corrupt('a page whose bytes do not match its checksum')
    }
    if (header.kind === 'dictionary') {
      if (header.encoding !== 'PLAIN' && header.encoding !== 'PLAIN_DICTIONARY') {
        throw new Damage('encoding', `${header.encoding} for a dictionary`)
      }
      const page = await decompress(body, header.uncompressedBytes, this.#codec)
      this.#dictionary = this.#kind.dictionary(page, header.values)
    } else if (header.kind === 'data') {
      await this.#openPage(header, body)
    } else if (header.kind === 'data-v2') {
      await this.#openPageV2(header, body)
    }
    return 0
  }

  async #peekHeader(): Promise<PageHeader> {
    for (let size = HEADER_BYTES; ; size *= 16) {
      const bytes = await this.#bytes.peek(size)
      try {
        return parsePageHeader(bytes)
      } catch (error) {
        if (bytes.length < size || size >= MAX_HEADER_BYTES) throw error
      }
    }
  }

  /** Before anything is allocated. */
  #checkBudget({ compressedBytes, uncompressedBytes, values }: PageHeader): void {
    if (Math.max(compressedBytes, uncompressedBytes) > MAX_PAGE_BYTES) {
      const claimed = Math.max(compressedBytes, uncompressedBytes)
      throw new Damage('too-large', `a page of ${claimed} bytes, over the limit of ${MAX_PAGE_BYTES}`)
    }
    this.#unpackedBytes += uncompressedBytes
    this.#values += Math.max(0, values)
    if (this.#unpackedBytes > FREE_BYTES + this.#values * MAX_BYTES_PER_VALUE) {
      throw new Damage('too-large', `${this.#unpackedBytes} bytes for ${this.#values} values`)
    }
  }

  async #openPage(header: PageHeader, body: Buffer): Promise<void> {
    const page = await decompress(body, header.uncompressedBytes, this.#codec)
    let start = 0
    let levels: RleHybridReader | null = null
    if (this.#leaf.maxDefinitionLevel > 0) {
      if (header.definitionEncoding !== 'RLE') {
        throw new Damage('encoding', `${header.definitionEncoding} for levels`)
      }
      if (page.length < 4) throw corrupt('a page without its levels')
      start = 4 + page.readUInt32LE(0)
      levels = this.#levelReader(new ByteCursor(page, 4, start))
    }
    this.#setPage(header, levels, page, start, this.#codec !== 'UNCOMPRESSED')
  }

  async #openPageV2(header: PageHeader, body: Buffer): Promise<void> {
    const levelBytes = header.repetitionBytes + header.definitionBytes
    const values = header.compressed
      ? await decompress(body.subarray(levelBytes), header.uncompressedBytes - levelBytes, this.#codec)
      : body.subarray(levelBytes)
    const levels =
      this.#leaf.maxDefinitionLevel > 0
        ? this.#levelReader(new ByteCursor(body, header.repetitionBytes, levelBytes))
        : null
    this.#setPage(header, levels, values, 0, header.compressed && this.#codec !== 'UNCOMPRESSED')
  }

  #levelReader(cursor: ByteCursor): RleHybridReader {
    return new RleHybridReader(cursor, 32 - Math.clz32(this.#leaf.maxDefinitionLevel))
  }

  #setPage(
    header: PageHeader,
    levels: RleHybridReader | null,
    page: Buffer,
    start: number,
    unpacked: boolean,
  ): void {
    // A page of nothing but missing values may have no value section at all.
    const values =
      start === page.length && header.encoding !== 'PLAIN'
        ? NOTHING
        : this.#kind.values(header.encoding, page, start, this.#dictionary)
    this.#page = { left: header.values, levels, values, unpacked: unpacked ? page : null }
  }
}

const NOTHING: ValueDecoder<unknown> = {
  read() {
    throw corrupt('fewer values than the page announces')
  },
}
