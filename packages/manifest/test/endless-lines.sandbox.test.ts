import { execFile } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createZstdCompress } from 'node:zlib'
import { expect, test } from 'vitest'

const SCRIPT = fileURLToPath(new URL('programs/read-list.mjs', import.meta.url))

/** More than a string of JavaScript can hold. Each night it is also more than a signed number of 32 bits can: 2.2e9. */
const ENDLESS_BYTES = Number(process.env['LAGOON_ENDLESS_BYTES'] ?? 0.54e9)

/** Text with this many equal bytes in its middle, which compresses to almost nothing. */
async function* around(before: string, middle: string, after: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(before)
  const piece = Buffer.alloc(1_000_000, middle)
  for (let written = 0; written < ENDLESS_BYTES; written += piece.length) yield piece
  yield Buffer.from(after)
}

test.for<[what: string, format: string, text: [string, string, string], expected: object]>([
  [
    'text without a line end',
    'text',
    ['a\n', 'x', '\nb\n'],
    { keys: ['a', null, 'b'], problems: ['LAGOON_MANIFEST_KEY_TOO_LONG'], code: null },
  ],
  [
    'CSV without a line end',
    'csv',
    ['key\na\n', ',', '\nb\n'],
    { keys: ['a', null, 'b'], problems: ['LAGOON_MANIFEST_KEY_EMPTY'], code: null },
  ],
  [
    'CSV with a quote that is never closed',
    'csv',
    ['key\na\n"', 'x', ''],
    { keys: [], problems: [], code: 'LAGOON_MANIFEST_LIST_CORRUPT' },
  ],
])('endless %s is read in a heap of 32 MB', { timeout: 120_000 }, async ([, format, text, expected]) => {
  const directory = await mkdtemp(join(tmpdir(), 'lagoon-endless-'))
  try {
    const path = join(directory, 'list.zst')
    await pipeline(Readable.from(around(...text)), createZstdCompress(), createWriteStream(path))
    const limits = ['--max-old-space-size=32', '--max-semi-space-size=4']
    const { stdout } = await promisify(execFile)(process.execPath, [...limits, SCRIPT, path, format])
    const { peakMemoryMb, ...rest } = JSON.parse(stdout) as { peakMemoryMb: number }
    expect(rest).toEqual(expected)
    expect(peakMemoryMb).toBeLessThan(160)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
})
