import { fstatSync, readSync } from 'node:fs'
import { endianness } from 'node:os'

/** Bytes of a page: the environment is always created with this size. */
export const PAGE_BYTES = 4096
/** Bytes of LMDB's page header. */
export const HEADER_BYTES = 24
/** `MDB_MAGIC` of LMDB's mdb.c. */
const MAGIC = 0xbeef_c0de
/** Where fields are in `struct MDB_meta`: version, page size and flags, the roots of both trees, `mm_last_pg`, `mm_txnid`. */
const VERSION = 4
const PAGE_SIZE = 24
const FLAGS = 28
const FREE_ROOT = 64
const MAIN_ROOT = 112
const LAST_PAGE = 120
const TRANSACTION = 128

/** The content of the newer of the two meta pages. */
export interface Meta {
  /** Root page of the list of free pages; null when there are none. */
  readonly freeRoot: number | null
  /** Root page of the tree of databases; null when there are none. */
  readonly mainRoot: number | null
  /** The last page in use, or free. */
  readonly lastPage: number
  /** Number of the transaction that wrote it. */
  readonly transaction: number
}

/** An LMDB data file, read without LMDB, which would read beyond the end of a truncated one through its memory map. */
export class LmdbFile {
  readonly #descriptor: number

  constructor(descriptor: number) {
    this.#descriptor = descriptor
  }

  get sizeBytes(): number {
    return fstatSync(this.#descriptor).size
  }

  /** Bytes from an offset, as many as there are. */
  read(offset: number, length: number): Buffer {
    // What is not read over is cut off.
    const bytes = Buffer.allocUnsafe(length)
    return bytes.subarray(0, readSync(this.#descriptor, bytes, 0, length, offset))
  }

  /** Null if it is not an LMDB data file. */
  meta(): Meta | null {
    const pages = this.read(0, PAGE_BYTES * 2)
    if (pages.length < PAGE_BYTES * 2) return null
    const metas = [pages.subarray(HEADER_BYTES), pages.subarray(PAGE_BYTES + HEADER_BYTES)]
    const [first, second] = metas as [Buffer, Buffer]
    for (const at of [0, VERSION, PAGE_SIZE]) if (word(first, at) !== word(second, at)) return null
    if (short(first, FLAGS) !== short(second, FLAGS)) return null
    if (word(first, 0) !== MAGIC || word(first, PAGE_SIZE) !== PAGE_BYTES) return null
    const newest = long(first, TRANSACTION) > long(second, TRANSACTION) ? first : second
    return {
      freeRoot: pageAt(newest, FREE_ROOT),
      mainRoot: pageAt(newest, MAIN_ROOT),
      lastPage: Number(long(newest, LAST_PAGE)),
      transaction: Number(long(newest, TRANSACTION)),
    }
  }
}

/** LMDB has −1 for no page. */
function pageAt(meta: Buffer, at: number): number | null {
  const page = long(meta, at)
  return page === -1n ? null : Number(page)
}

const LITTLE = endianness() === 'LE'

/** Numbers in the byte order of the machine, as LMDB writes them. */
export function short(bytes: Buffer, at: number): number {
  return LITTLE ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at)
}

export function word(bytes: Buffer, at: number): number {
  return LITTLE ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at)
}

export function long(bytes: Buffer, at: number): bigint {
  return LITTLE ? bytes.readBigInt64LE(at) : bytes.readBigInt64BE(at)
}
