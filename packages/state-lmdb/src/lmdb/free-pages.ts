import { HEADER_BYTES, long, PAGE_BYTES, type LmdbFile, type Meta } from './file.js'
import { readTreePage } from './tree-page.js'

/** No tree of LMDB is deeper (`CURSOR_STACK` of mdb.c); a damaged one may go round in circles. */
export const MAX_DEPTH = 32

/** A run of pages, both ends included. */
type PageRun = readonly [first: number, last: number]

/**
 * How many of the pages from `from` up to `to` LMDB's list of free pages names (each page is in it once at most).
 *
 * @throws {RangeError} as {@link freePages}
 */
export function countFreePages(file: LmdbFile, meta: Meta, from: number, to: number): number {
  let count = 0
  for (const [first, last] of freePages(file, meta))
    count += Math.max(0, Math.min(last, to) - Math.max(first, from) + 1)
  return count
}

/**
 * The pages that LMDB's list of free pages names. Reads the tree without LMDB.
 *
 * The list is a tree like every other: its values are a count and as many entries, each 0 (an empty slot), a page number, or −n and
 * the first of n pages (lmdb-js' midl.c).
 *
 * @throws {RangeError} if it leads outside the file or is invalid
 */
export function* freePages(file: LmdbFile, { freeRoot, transaction }: Meta): Generator<PageRun> {
  if (freeRoot !== null) yield* runsBelow(file, freeRoot, transaction, 0)
}

function* runsBelow(file: LmdbFile, root: number, transaction: number, depth: number): Generator<PageRun> {
  if (depth >= MAX_DEPTH) throw new RangeError('the list of free pages is too deep')
  for (const node of readTreePage(file, root, transaction)) {
    if (node.kind === 'child') yield* runsBelow(file, node.page, transaction, depth + 1)
    else if (node.kind === 'value') yield* runsOf(node.bytes)
    else if (node.kind === 'overflow') yield* runsOf(overflowOf(file, node))
    else throw new RangeError('a tree among the free pages')
  }
}

function overflowOf(file: LmdbFile, { page, sizeBytes }: { page: number; sizeBytes: number }): Buffer {
  const start = page * PAGE_BYTES + HEADER_BYTES
  const bytes = file.read(start, Math.max(0, Math.min(sizeBytes, file.sizeBytes - start)))
  if (bytes.length < sizeBytes) throw new RangeError('a list of free pages is beyond the end')
  return bytes
}

function* runsOf(list: Buffer): Generator<PageRun> {
  const count = Number(long(list, 0))
  for (let i = 1; i <= count; i++) {
    const entry = Number(long(list, 8 * i))
    if (entry > 0) yield [entry, entry]
    else if (entry < 0) {
      const first = Number(long(list, 8 * ++i))
      yield [first, first - entry - 1]
    }
  }
}
