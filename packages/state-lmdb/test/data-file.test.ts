import { closeSync, openSync, writeFileSync } from 'node:fs'
import { endianness } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { checkDataFile } from '../src/lmdb/data-file.js'
import { LmdbFile } from '../src/lmdb/file.js'
import { temporaryDirectory } from './helpers.js'

const PAGE = 4096

function fileOf(...pages: Buffer[]): string {
  const path = join(temporaryDirectory(), 'state.mdb')
  writeFileSync(path, Buffer.concat(pages))
  return path
}

function metaPage(transaction: number, lastPage: number, freeRoot = -1): Buffer {
  const page = Buffer.alloc(PAGE)
  page.writeUInt32LE(0xbeef_c0de, 24)
  page.writeBigInt64LE(BigInt(freeRoot), 24 + 64)
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
  it('is described by the newer of its two meta pages, whichever that is', () => {
    for (const pages of [
      [metaPage(7, 5, 3), metaPage(6, 4)],
      [metaPage(6, 4), metaPage(7, 5, 3)],
    ])
      expect(open(fileOf(...pages)).meta()).toEqual({ transaction: 7, lastPage: 5, freeRoot: 3 })
    expect(open(fileOf(metaPage(1, 1), metaPage(0, 1))).meta()).toMatchObject({ freeRoot: null })
  })

  it('is none with less than two pages, or where one of them is no meta page', () => {
    expect(open(fileOf(metaPage(1, 1), Buffer.alloc(PAGE - 1))).meta()).toBeNull()
    expect(open(fileOf(metaPage(1, 1), Buffer.alloc(PAGE))).meta()).toBeNull()
    expect(open(fileOf(Buffer.alloc(PAGE), metaPage(1, 1))).meta()).toBeNull()
  })

  it('that ends before its last page is damaged when no page is free, or the list of them leads nowhere', () => {
    const whole = fileOf(metaPage(1, 1), metaPage(0, 1))
    expect(() => checkDataFile(whole, '/data')).not.toThrow()
    for (const freeRoot of [-1, 99]) {
      const cut = fileOf(metaPage(1, 2, freeRoot), metaPage(0, 1))
      expect(() => checkDataFile(cut, '/data')).toThrow(
        expect.objectContaining({
          code: 'LAGOON_STATE_CORRUPT',
          message: expect.stringContaining('cut short: 8192 bytes of up to 12288') as string,
        }),
      )
    }
  })

  it('that is not there is fine, and one that cannot be opened is told as what it is', () => {
    const directory = temporaryDirectory()
    expect(() => checkDataFile(join(directory, 'state.mdb'), directory)).not.toThrow()
    const below = join(fileOf(), 'state.mdb')
    expect(() => checkDataFile(below, directory)).toThrow(/ENOTDIR/)
  })
})
