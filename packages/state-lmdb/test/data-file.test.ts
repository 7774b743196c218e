import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { endianness } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { checkTrees } from '../src/lmdb/check-trees.js'
import { checkDataFile } from '../src/lmdb/data-file.js'
import { LmdbFile } from '../src/lmdb/file.js'
import { readTreePage } from '../src/lmdb/tree-page.js'
import { openState } from '../src/index.js'
import { failure, IDENTITY, temporaryDirectory } from './helpers.js'

const PAGE = 4096

function fileOf(...pages: Buffer[]): string {
  const path = join(temporaryDirectory(), 'state.mdb')
  writeFileSync(path, Buffer.concat(pages))
  return path
}

function metaPage(transaction: number, lastPage: number, freeRoot = -1, mainRoot = -1): Buffer {
  const page = Buffer.alloc(PAGE)
  page.writeUInt32LE(0xbeef_c0de, 24)
  page.writeUInt32LE(PAGE, 24 + 24)
  page.writeBigInt64LE(BigInt(freeRoot), 24 + 64)
  page.writeBigInt64LE(BigInt(mainRoot), 24 + 112)
  page.writeBigInt64LE(BigInt(lastPage), 24 + 120)
  page.writeBigInt64LE(BigInt(transaction), 24 + 128)
  return page
}

function open(path: string): LmdbFile {
  const descriptor = openSync(path, 'r')
  onTestFinished(() => closeSync(descriptor))
  return new LmdbFile(descriptor)
}

describe.runIf(endianness() === 'LE')('a data file', () => {
  it('is described by the newer of its two meta pages', () => {
    for (const pages of [
      [metaPage(7, 5, 3), metaPage(6, 4)],
      [metaPage(6, 4), metaPage(7, 5, 3)],
    ])
      expect(open(fileOf(...pages)).meta()).toEqual({
        transaction: 7,
        lastPage: 5,
        freeRoot: 3,
        mainRoot: null,
      })
    expect(open(fileOf(metaPage(1, 1), metaPage(0, 1))).meta()).toMatchObject({ freeRoot: null })
  })

  it('needs at least two pages, all of them meta pages', () => {
    expect(open(fileOf(metaPage(1, 1), Buffer.alloc(PAGE - 1))).meta()).toBeNull()
    expect(open(fileOf(metaPage(1, 1), Buffer.alloc(PAGE))).meta()).toBeNull()
    expect(open(fileOf(Buffer.alloc(PAGE), metaPage(1, 1))).meta()).toBeNull()
  })

  it('that ends before its last page is damaged if no page is free, or the free list is invalid', () => {
    const whole = fileOf(metaPage(1, 1), metaPage(0, 1))
    expect(() => checkDataFile(whole, '/data')).not.toThrow()
    for (const freeRoot of [-1, 99]) {
      const cut = fileOf(metaPage(1, 2, freeRoot), metaPage(0, 1))
      expect(() => checkDataFile(cut, '/data')).toThrow(
        expect.objectContaining({
          code: 'LAGOON_STATE_CORRUPT',
          message: expect.stringContaining('truncated: 8192 bytes of up to 12288') as string,
        }),
      )
    }
  })

  it('may be missing, and one that cannot be opened is reported as such', () => {
    const directory = temporaryDirectory()
    expect(() => checkDataFile(join(directory, 'state.mdb'), directory)).not.toThrow()
    const below = join(fileOf(), 'state.mdb')
    expect(() => checkDataFile(below, directory)).toThrow(/ENOTDIR/)
  })

  it('with a flipped bit in the number or the flags of a tree page is damaged, and intact without', async () => {
    const directory = temporaryDirectory()
    const state = await openState({ directory, identity: IDENTITY, diskFloorBytes: 0 })
    for (let row = 0; row < 400; row++) state.fail(failure(row, `k${row}`))
    await state.close()
    const path = join(directory, 'state.mdb')
    const bytes = readFileSync(path)
    const flipped = (at: number, bit: number): Buffer => {
      const copy = Buffer.from(bytes)
      copy[at]! ^= 1 << bit
      return copy
    }
    const pages = usedTreePages(path)
    expect(pages.length).toBeGreaterThan(10)
    expect(() => checkDataFile(path, directory)).not.toThrow()
    expect(pagesRead(path, 3)).toBeLessThan(pagesRead(path, 1_000))
    for (const page of pages) {
      for (const [at, bit] of [0, 1, 18].flatMap((offset) =>
        [0, 3, 7].map((bit) => [offset, bit] as const),
      )) {
        const damaged = fileOf(flipped(page * PAGE + at, bit))
        expect(() => checkDataFile(damaged, directory)).toThrow(/inconsistent/)
      }
    }
  })
})

/** Reads that checking the trees takes, with a bound for the pages of each tree. */
function pagesRead(path: string, maxPagesOfTree: number): number {
  const file = open(path)
  let reads = 0
  const counting = Object.create(file, {
    read: { value: (offset: number, length: number) => (reads++, file.read(offset, length)) },
  }) as LmdbFile
  checkTrees(counting, file.meta()!, maxPagesOfTree)
  return reads
}

/** Pages of the trees of a data file, by LMDB's own numbers in it. */
function usedTreePages(path: string): number[] {
  const file = open(path)
  const meta = file.meta()!
  const walk = (root: number | null): number[] =>
    root === null
      ? []
      : readTreePage(file, root, meta.transaction).reduce<number[]>(
          (found, node) => {
            if (node.kind === 'child') found.push(...walk(node.page))
            else if (node.kind === 'tree') found.push(...walk(node.root))
            return found
          },
          [root],
        )
  return [...walk(meta.freeRoot), ...walk(meta.mainRoot)]
}
