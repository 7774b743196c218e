import { endianness } from 'node:os'
import { HEADER_BYTES, long, PAGE_BYTES, short, type LmdbFile } from './file.js'

/** Flags of pages and nodes of LMDB's mdb.c. */
const BRANCH = 0x01
const LEAF = 0x02
const DIRTY = 0x10
const SUB_PAGE = 0x40
const BIG_DATA = 0x01
const SUB_DATA = 0x02
const DUPLICATES = 0x04
/** Bytes of a node before its key. */
const NODE_BYTES = 8
/** Bytes of `struct MDB_db`, and where its flags and root are. */
const TREE_BYTES = 48
const TREE_FLAGS = 4
const TREE_ROOT = 40
/** Halves of a node's size, or of its page number, in the machine's byte order. */
const [LOW, HIGH] = endianness() === 'LE' ? [0, 2] : [2, 0]

/** What a node of a tree leads to. */
export type TreeNode =
  | { kind: 'child'; page: number }
  /** The tree of a database, or of several values of a key; root null for an empty one. */
  | { kind: 'tree'; root: number | null; flags: number; hasDuplicates: boolean }
  | { kind: 'value'; bytes: Buffer; hasDuplicates: boolean }
  /** A value on pages of its own, behind the header of the first. */
  | { kind: 'overflow'; page: number; pages: number; sizeBytes: number }

/**
 * Reads a page of one of LMDB's trees. LMDB follows the numbers in it without looking at them: a wrong one leads outside of the page or the file.
 *
 * @param transaction the newest one, which no page can be younger than
 * @throws {RangeError} for a page that LMDB can't have written
 */
export function readTreePage(file: LmdbFile, number: number, transaction: number): TreeNode[] {
  const page = file.read(number * PAGE_BYTES, PAGE_BYTES)
  if (page.length < PAGE_BYTES) throw new RangeError(`page ${number} is beyond the end`)
  if (Number(long(page, 0)) !== number) throw new RangeError(`page ${number} has another number`)
  if (Number(long(page, 8)) > transaction) throw new RangeError(`page ${number} is of a later transaction`)
  const flags = short(page, 18)
  if (flags !== BRANCH && flags !== LEAF) throw new RangeError(`page ${number} is not part of a tree`)
  return nodesOf(page, number).map((at) =>
    flags === BRANCH ? { kind: 'child', page: childOf(page, at) } : leadOf(page, at, number),
  )
}

/** Where the nodes of a page or sub-page begin; each may reach to the end of the page. `number`: of the page, for errors. */
function nodesOf(page: Buffer, number: number): number[] {
  const [lower, upper] = [short(page, 20), short(page, 22)]
  if (lower < 2 || lower % 2 !== 0 || lower > upper || upper > page.length - HEADER_BYTES)
    throw new RangeError(`page ${number} has impossible bounds`)
  const nodes: number[] = []
  for (let pointer = 0; pointer < lower; pointer += 2) {
    const offset = short(page, HEADER_BYTES + pointer)
    const at = HEADER_BYTES + offset
    if (offset < upper || at + NODE_BYTES > page.length || dataOf(page, at) > page.length)
      throw outside(number)
    nodes.push(at)
  }
  return nodes
}

/** Where the data of a node begins, behind its key. */
function dataOf(page: Buffer, at: number): number {
  return at + NODE_BYTES + short(page, at + 6)
}

function leadOf(page: Buffer, at: number, number: number): TreeNode {
  const flags = short(page, at + 4)
  const sizeBytes = short(page, at + LOW) + short(page, at + HIGH) * 2 ** 16
  const hasDuplicates = (flags & DUPLICATES) !== 0
  const data = dataOf(page, at)
  if ((flags & ~(BIG_DATA | SUB_DATA | DUPLICATES)) !== 0)
    throw new RangeError(`page ${number} has unknown flags`)
  if (flags & BIG_DATA) {
    if (data + 8 > page.length || flags !== BIG_DATA) throw outside(number)
    const pages = Math.ceil((HEADER_BYTES + sizeBytes) / PAGE_BYTES)
    return { kind: 'overflow', page: Number(long(page, data)), pages, sizeBytes }
  }
  if (data + sizeBytes > page.length) throw outside(number)
  if (flags & SUB_DATA) {
    if (sizeBytes !== TREE_BYTES) throw new RangeError(`page ${number} names a tree of another size`)
    const root = long(page, data + TREE_ROOT)
    const tree = { root: root === -1n ? null : Number(root), flags: short(page, data + TREE_FLAGS) }
    return { kind: 'tree', ...tree, hasDuplicates }
  }
  const bytes = page.subarray(data, data + sizeBytes)
  if (hasDuplicates) checkSubPage(bytes, number)
  return { kind: 'value', bytes, hasDuplicates }
}

/** Several values of one key are in a page within the page. */
function checkSubPage(bytes: Buffer, number: number): void {
  if (bytes.length < HEADER_BYTES || (short(bytes, 18) & ~DIRTY) !== (LEAF | SUB_PAGE)) throw outside(number)
  nodesOf(bytes, number)
}

function childOf(page: Buffer, at: number): number {
  return short(page, at + LOW) + short(page, at + HIGH) * 2 ** 16 + short(page, at + 4) * 2 ** 32
}

function outside(number: number): RangeError {
  return new RangeError(`page ${number} has an entry that leads out of it`)
}
