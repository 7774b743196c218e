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
  const nodes = nodesOf(page, `page ${number}`)
  return nodes.map((node) =>
    flags === BRANCH ? { kind: 'child', page: childOf(node) } : leadOf(node, `page ${number}`),
  )
}

/** The nodes of a page or sub-page, each from its first byte to the end of the page. */
function nodesOf(page: Buffer, where: string): Buffer[] {
  const body = page.subarray(HEADER_BYTES)
  const [lower, upper] = [short(page, 20), short(page, 22)]
  if (lower < 2 || lower % 2 !== 0 || lower > upper || upper > body.length)
    throw new RangeError(`${where} has impossible bounds`)
  return Array.from({ length: lower / 2 }, (_, index) => {
    const node = body.subarray(short(body, 2 * index))
    const isInside = short(body, 2 * index) >= upper && node.length >= NODE_BYTES
    if (!isInside || NODE_BYTES + short(node, 6) > node.length) throw outside(where)
    return node
  })
}

function leadOf(node: Buffer, where: string): TreeNode {
  const flags = short(node, 4)
  const sizeBytes = short(node, LOW) + short(node, HIGH) * 2 ** 16
  const hasDuplicates = (flags & DUPLICATES) !== 0
  const data = node.subarray(NODE_BYTES + short(node, 6))
  if ((flags & ~(BIG_DATA | SUB_DATA | DUPLICATES)) !== 0) throw new RangeError(`${where} has unknown flags`)
  if (flags & BIG_DATA) {
    if (data.length < 8 || flags !== BIG_DATA) throw outside(where)
    const pages = Math.ceil((HEADER_BYTES + sizeBytes) / PAGE_BYTES)
    return { kind: 'overflow', page: Number(long(data, 0)), pages, sizeBytes }
  }
  if (sizeBytes > data.length) throw outside(where)
  const bytes = data.subarray(0, sizeBytes)
  if (flags & SUB_DATA) {
    if (sizeBytes !== TREE_BYTES) throw new RangeError(`${where} names a tree of another size`)
    const root = long(bytes, TREE_ROOT)
    const tree = { root: root === -1n ? null : Number(root), flags: short(bytes, TREE_FLAGS) }
    return { kind: 'tree', ...tree, hasDuplicates }
  }
  if (hasDuplicates) checkSubPage(bytes, where)
  return { kind: 'value', bytes, hasDuplicates }
}

/** Several values of one key lie in a page within the page. */
function checkSubPage(bytes: Buffer, where: string): void {
  if (bytes.length < HEADER_BYTES || (short(bytes, 18) & ~DIRTY) !== (LEAF | SUB_PAGE)) throw outside(where)
  nodesOf(bytes, where)
}

function childOf(node: Buffer): number {
  return short(node, LOW) + short(node, HIGH) * 2 ** 16 + short(node, 4) * 2 ** 32
}

function outside(where: string): RangeError {
  return new RangeError(`${where} has an entry that leads out of it`)
}
