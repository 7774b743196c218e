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

test('four million keys in row groups of a million are read in a heap of 32 MB', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'lagoon-flat-'))
  try {
    const path = join(directory, 'large.parquet')
    await writeFile(path, largeRowGroup())
    const limits = ['--max-old-space-size=32', '--max-semi-space-size=4']
    const { stdout } = await promisify(execFile)(process.execPath, [...limits, SCRIPT, path, '4'])
    const { rows, peakMemoryMb } = JSON.parse(stdout) as { rows: number; peakMemoryMb: number }
    expect(rows).toBe(4 * PAGES * PAGE_ROWS)
    expect(peakMemoryMb).toBeLessThan(160)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
})
