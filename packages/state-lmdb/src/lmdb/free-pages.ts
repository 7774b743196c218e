import { endianness } from 'node:os'
import { HEADER_BYTES, long, PAGE_BYTES, short, type LmdbFile } from './file.js'

/** Flags of pages and nodes of LMDB's mdb.c. */
const BRANCH = 0x01
const LEAF = 0x02
const BIG_DATA = 0x01
/** Bytes of a node before its key. */
const NODE_BYTES = 8
/** No tree of free pages is deeper; a damaged one may be circular. */
const MAX_DEPTH = 16
/** Halves of a node's size, or of its page number, in the machine's byte order. */
const [LOW, HIGH] = endianness() === 'LE' ? [0, 2] : [2, 0]

/**
 * How many of the pages from `from` up to `to` are in LMDB's list of free pages (each page is in it at most once). Reads the tree
 * without LMDB and throws a `RangeError` if it leads out of the file or is not a tree.
 *
 * The list is a tree like every other. Its values are a count and as many entries, each 0 (an empty slot), a page number, or −n and the
 * first of n pages (lmdb-js' midl.c).
 */
export function countFreePages(file: LmdbFile, root: number, from: number, to: number): number {
  let count = 0
  const walk = (number: number, depth: number): void => {
    const page = pageAt(file, number)
    const flags = short(page, 18)
    if (depth > MAX_DEPTH || (flags & (BRANCH | LEAF)) === 0) throw new RangeError('not a tree of free pages')
    const nodes = short(page, 20) / 2
    for (let i = 0; i < nodes; i++) {
      const node = page.subarray(HEADER_BYTES + short(page, HEADER_BYTES + 2 * i))
      if (flags & BRANCH) walk(childOf(node), depth + 1)
      else for (const [first, last] of runsOf(valueOf(file, node))) count += overlap(first, last, from, to)
    }
  }
  walk(root, 0)
  return count
}

function pageAt(file: LmdbFile, number: number): Buffer {
  const page = file.read(number * PAGE_BYTES, PAGE_BYTES)
  if (page.length < PAGE_BYTES) throw new RangeError(`page ${number} is beyond the end`)
  return page
}

function childOf(node: Buffer): number {
  return short(node, LOW) + short(node, HIGH) * 2 ** 16 + short(node, 4) * 2 ** 32
}

function valueOf(file: LmdbFile, node: Buffer): Buffer {
  const size = short(node, LOW) + short(node, HIGH) * 2 ** 16
  const data = node.subarray(NODE_BYTES + short(node, 6))
  if ((short(node, 4) & BIG_DATA) === 0) return data.subarray(0, size)
  const start = Number(long(data, 0)) * PAGE_BYTES + HEADER_BYTES
  const bytes = file.read(start, Math.max(0, Math.min(size, file.sizeBytes - start)))
  if (bytes.length < size) throw new RangeError('a list of free pages is beyond the end')
  return bytes
}

function* runsOf(list: Buffer): Generator<readonly [first: number, last: number]> {
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

function overlap(first: number, last: number, from: number, to: number): number {
  return Math.max(0, Math.min(last, to) - Math.max(first, from) + 1)
}
