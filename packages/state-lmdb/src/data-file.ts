import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { endianness } from 'node:os'
import { corrupt } from './errors.js'

const PAGE = 4096
/** Bytes of LMDB's page header. */
const HEADER = 24
/** `MDB_MAGIC` of LMDB's mdb.c. */
const MAGIC = 0xbeef_c0de
/** Where `mm_last_pg` and `mm_txnid` are in `struct MDB_meta`. */
const LAST_PAGE = 120
const TRANSACTION = 128
/** The file may be a little shorter than its last page number says, since pages at its end may be free. */
const SLACK_PAGES = 256

/**
 * Looks at the two meta pages of a data file before LMDB maps it: on a file that isn't one, or that was cut short, LMDB
 * reads beyond the end and the process dies. Throws `LAGOON_STATE_CORRUPT`. No file, or an empty one, is fine.
 */
export function checkDataFile(file: string, directory: string): void {
  let descriptor: number
  try {
    descriptor = openSync(file, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  try {
    const pages = Buffer.alloc(PAGE * 2)
    const read = readSync(descriptor, pages, 0, pages.length, 0)
    const { size } = fstatSync(descriptor)
    if (size > 0) checkMetaPages(pages.subarray(0, read), size, directory)
  } finally {
    closeSync(descriptor)
  }
}

function checkMetaPages(pages: Buffer, size: number, directory: string): void {
  if (pages.length < PAGE * 2) throw corrupt(directory, `state.mdb has only ${size} bytes`)
  const metas = [pages.subarray(HEADER), pages.subarray(PAGE + HEADER)]
  if (metas.some((meta) => word(meta, 0) !== MAGIC))
    throw corrupt(directory, 'state.mdb is not an LMDB data file')
  const [first, second] = metas as [Buffer, Buffer]
  const newest = number(first, TRANSACTION) > number(second, TRANSACTION) ? first : second
  const expected = number(newest, LAST_PAGE) + 1
  if (size / PAGE + SLACK_PAGES < expected) {
    throw corrupt(directory, `state.mdb was cut short: ${size} bytes of ${expected * PAGE}`)
  }
}

function word(buffer: Buffer, at: number): number {
  return endianness() === 'LE' ? buffer.readUInt32LE(at) : buffer.readUInt32BE(at)
}

function number(buffer: Buffer, at: number): number {
  return Number(endianness() === 'LE' ? buffer.readBigUInt64LE(at) : buffer.readBigUInt64BE(at))
}
