import { closeSync, openSync, writeFileSync } from 'node:fs'
import { endianness } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { countFreePages } from '../src/lmdb/free-pages.js'
import { LmdbFile } from '../src/lmdb/file.js'
import { temporaryDirectory } from './helpers.js'

const PAGE = 4096
const [BRANCH, LEAF, NO_TREE] = [0x01, 0x02, 0x04]

/** Pages as LMDB lays them out, from 0; null is a page that nobody looks at. */
function fileOf(pages: readonly (Buffer | null)[]): LmdbFile {
  const path = join(temporaryDirectory(), 'state.mdb')
  pages.forEach((page, number) => page?.writeBigInt64LE(BigInt(number)))
  writeFileSync(path, Buffer.concat(pages.map((page) => page ?? Buffer.alloc(PAGE))))
  const descriptor = openSync(path, 'r')
  onTestFinished(() => closeSync(descriptor))
  return new LmdbFile(descriptor)
}

/** A page of a tree with these nodes. */
function treePage(flags: number, nodes: readonly Buffer[]): Buffer {
  const page = Buffer.alloc(PAGE)
  page.writeUInt16LE(flags, 18)
  page.writeUInt16LE(nodes.length * 2, 20)
  let at = PAGE
  nodes.forEach((node, i) => {
    at -= node.length
    node.copy(page, at)
    page.writeUInt16LE(at - 24, 24 + 2 * i)
  })
  page.writeUInt16LE(at - 24, 22)
  return page
}

function node(low: number, flags: number, data: Buffer): Buffer {
  const head = Buffer.alloc(16)
  head.writeUInt16LE(low % 2 ** 16, 0)
  head.writeUInt16LE(Math.floor(low / 2 ** 16), 2)
  head.writeUInt16LE(flags, 4)
  head.writeUInt16LE(8, 6)
  return Buffer.concat([head, data])
}

function numbers(...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 8)
  values.forEach((value, i) => buffer.writeBigInt64LE(BigInt(value), i * 8))
  return buffer
}

function list(...entries: number[]): Buffer {
  return numbers(entries.length, ...entries)
}

const leaf = (...lists: Buffer[]): Buffer =>
  treePage(
    LEAF,
    lists.map((data) => node(data.length, 0, data)),
  )
const branch = (...children: number[]): Buffer =>
  treePage(
    BRANCH,
    children.map((child) => node(child, 0, Buffer.alloc(0))),
  )

/** Free pages in a range, by a list whose root is the first page. */
const counted = (file: LmdbFile, from: number, to: number): number =>
  countFreePages(file, { freeRoot: 0, mainRoot: null, lastPage: 0, transaction: 1 }, from, to)

describe.runIf(endianness() === 'LE')('the list of free pages', () => {
  it('counts pages one by one, in runs, and past empty slots, within the requested range', () => {
    const file = fileOf([leaf(list(5, 0, 9, -4, 20), list(30))])
    expect(counted(file, 0, 100)).toBe(7)
    expect(counted(file, 9, 21)).toBe(3)
    expect(counted(file, 24, 29)).toBe(0)
  })

  it('descends the tree, and into lists on separate pages', () => {
    const long = list(...Array.from({ length: 1000 }, (_, i) => 100 + i))
    const big = node(long.length, 1, numbers(3, 0, 2))
    const pages = [branch(1, 2), leaf(list(7)), treePage(LEAF, [big]), Buffer.alloc(PAGE * 2)]
    long.copy(pages[3]!, 24)
    expect(counted(fileOf(pages), 0, 5000)).toBe(1001)
  })

  it.each([
    ['a page beyond the end', [branch(1, 99), leaf()]],
    ['a page outside a tree', [branch(1), treePage(NO_TREE, [])]],
    ['a circle', [branch(0)]],
    ['a list beyond the end', [treePage(LEAF, [node(80_000, 1, numbers(0, 0, 20))])]],
    ['a list that says more than it holds', [leaf(numbers(50, 1))]],
  ])('is refused where it leads to %s', (_, pages) => {
    expect(() => counted(fileOf(pages), 0, 100)).toThrow(RangeError)
  })
})
