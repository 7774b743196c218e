import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { type PageSpec, makeParquet, plain } from './make-parquet.js'

const SCRIPT = fileURLToPath(new URL('programs/read-many-rows.mjs', import.meta.url))
const PAGE_ROWS = 8_192
const PAGES = 128
const MANY_PAGES = 625
const GIANT_PAGE_ROWS = 1_350_000
const ZSTD = 6

/** One row group of a million keys: far more than the heap of the process that reads it holds. */
function largeRowGroup(): Buffer {
  const pages = Array.from({ length: PAGES }, (_, page): PageSpec => {
    const keys = Array.from({ length: PAGE_ROWS }, (_, row) => `raw/${page}/${'x'.repeat(60)}-${row}`)
    const body = plain(keys)
    return { values: PAGE_ROWS, body: zstdCompressSync(body), uncompressedBytes: body.length }
  })
  return makeParquet({ codec: ZSTD, pages })
}

/** Five million keys in one row group: the same page over and over. */
function giantRowGroup(): Buffer {
  const body = plain(Array.from({ length: PAGE_ROWS }, (_, row) => `raw/${'x'.repeat(60)}-${row}`))
  const page = { values: PAGE_ROWS, body: zstdCompressSync(body), uncompressedBytes: body.length }
  return makeParquet({ codec: ZSTD, pages: Array.from({ length: MANY_PAGES }, () => page) })
}

/** A row group of one page of more than 100 MiB, as large as DuckDB's largest. */
function giantPage(): Buffer {
  const body = plain(
    Array.from({ length: GIANT_PAGE_ROWS }, (_, row) => `raw/${'x'.repeat(60)}-${row * 7_919}`),
  )
  return makeParquet({
    codec: ZSTD,
    pages: [{ values: GIANT_PAGE_ROWS, body: zstdCompressSync(body), uncompressedBytes: body.length }],
  })
}

async function readInSmallHeap(file: Buffer, times: number): Promise<{ rows: number; peakMemoryMb: number }> {
  const directory = await mkdtemp(join(tmpdir(), 'lagoon-flat-'))
  try {
    const path = join(directory, 'large.parquet')
    await writeFile(path, file)
    const limits = ['--max-old-space-size=32', '--max-semi-space-size=4']
    const { stdout } = await promisify(execFile)(process.execPath, [...limits, SCRIPT, path, String(times)])
    return JSON.parse(stdout) as { rows: number; peakMemoryMb: number }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

test('five million keys in one row group are read page by page, in a heap of 32 MB', async () => {
  const { rows, peakMemoryMb } = await readInSmallHeap(giantRowGroup(), 1)
  expect(rows).toBe(MANY_PAGES * PAGE_ROWS)
  expect(peakMemoryMb).toBeLessThan(160)
})

test('a page of more than 100 MiB is decompressed once, with nothing of its size beside it', async () => {
  const { rows, peakMemoryMb } = await readInSmallHeap(giantPage(), 3)
  expect(rows).toBe(3 * GIANT_PAGE_ROWS)
  expect(peakMemoryMb).toBeLessThan(200)
})

test('four million keys in row groups of a million are read in a heap of 32 MB', async () => {
  const { rows, peakMemoryMb } = await readInSmallHeap(largeRowGroup(), 4)
  expect(rows).toBe(4 * PAGES * PAGE_ROWS)
  expect(peakMemoryMb).toBeLessThan(160)
})
