import { freePages, MAX_DEPTH } from './free-pages.js'
import type { LmdbFile, Meta } from './file.js'
import { readTreePage, type TreeNode } from './tree-page.js'

/**
 * Pages of a tree that are read, 64 MiB: some 300,000 failures, or the keys of any job. Of a larger tree, the rest is only held against
 * the file and the other trees, so that opening a state takes about a second at most.
 */
const MAX_PAGES_OF_TREE = 2 ** 14

/**
 * Walks all trees of a data file, without LMDB, and holds them against each other: every page number is within the file, every page has one
 * use, and no page in use is called free. What LMDB would crash on, or write over, is found; what the values say is not read.
 *
 * Reads one page of some hundred, since the fingerprints of keys lie on pages of their own.
 *
 * @throws {RangeError} for trees that LMDB can't have written
 */
export function checkTrees(file: LmdbFile, meta: Meta, maxPagesOfTree = MAX_PAGES_OF_TREE): void {
  const { freeRoot, mainRoot, lastPage, transaction } = meta
  const used = new PageUse(lastPage)
  const walk = (root: number, takes: Takes, depth: number, budget: Budget): void => {
    if (depth >= MAX_DEPTH) throw new RangeError('a tree is too deep')
    used.claim(root, 1)
    if (budget.pages === 0) return
    budget.pages -= 1
    for (const node of readTreePage(file, root, transaction)) {
      if (node.kind === 'child') walk(node.page, takes, depth + 1, budget)
      else if (node.kind === 'overflow') used.claim(node.page, node.pages)
      else {
        const inside = takenInside(node, takes)
        const isDatabase = takes === 'databases'
        if (node.kind === 'tree' && node.root !== null)
          walk(node.root, inside, depth + 1, isDatabase ? { pages: maxPagesOfTree } : budget)
      }
    }
  }
  if (mainRoot !== null) walk(mainRoot, 'databases', 0, { pages: maxPagesOfTree })
  if (freeRoot !== null) walk(freeRoot, 'values', 0, { pages: maxPagesOfTree })
  for (const [first, last] of freePages(file, meta)) used.claim(first, last - first + 1)
}

/** Pages of a tree that are still read. */
interface Budget {
  pages: number
}

/** What the leaves of a tree hold. */
type Takes = 'databases' | 'values' | 'duplicates'

/** Flags of databases: plain, with numbers as keys, with several values of a key (lmdb.h: `MDB_INTEGERKEY`, `MDB_DUPSORT`). */
const DATABASES: ReadonlyMap<number, Takes> = new Map([
  [0x00, 'values'],
  [0x08, 'values'],
  [0x04, 'duplicates'],
])

/** @throws {RangeError} for a node that has no place in its tree: LMDB would take one for another. */
function takenInside(node: TreeNode & { kind: 'tree' | 'value' }, takes: Takes): Takes {
  const inside = node.kind === 'tree' && !node.hasDuplicates ? DATABASES.get(node.flags) : 'values'
  const isInPlace =
    takes === 'databases'
      ? node.kind === 'tree' && !node.hasDuplicates
      : node.hasDuplicates
        ? takes === 'duplicates'
        : node.kind === 'value'
  if (!isInPlace || inside === undefined) throw new RangeError('an entry is of another kind than its tree')
  return inside
}

/** Which pages have a use. The first two hold the metadata. */
class PageUse {
  readonly #pages: number
  readonly #used: Uint8Array

  constructor(lastPage: number) {
    this.#pages = lastPage + 1
    this.#used = new Uint8Array(Math.ceil(this.#pages / 8))
  }

  claim(first: number, count: number): void {
    if (first < 2 || first + count > this.#pages) throw new RangeError(`page ${first} is beyond the end`)
    for (let page = first; page < first + count; page++) {
      const bit = 1 << (page & 7)
      if (this.#used[page >> 3]! & bit) throw new RangeError(`page ${page} has two uses`)
      this.#used[page >> 3]! |= bit
    }
  }
}
