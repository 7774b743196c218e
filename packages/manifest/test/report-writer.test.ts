import { mkdtemp, readFile, readdir, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ReportRow, createReportWriter, openManifest } from '../src/index.js'
import { CountingStore } from './counting-store.js'
import { readAll } from './read-all.js'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lagoon-report-'))
})
afterEach(async () => {
  await rm(directory, { recursive: true, force: true })
})

const KEYS = ['plain', 'new\nline', '"quoted" \\ back', '\u2028', '\ufeffbom', '漢字/🐋', 'nul\u0000']

function rows(count: number): ReportRow[] {
  return Array.from({ length: count }, (_, index) => ({
    key: `${KEYS[index % KEYS.length]}-${index}`,
    outcome: index % 5 === 4 ? 'failed' : 'copied',
    code: index % 5 === 4 ? 'LAGOON_TRANSFER_RESET' : null,
    message: index % 5 === 4 ? 'connection\nreset, "again"' : null,
    bytes: index % 5 === 4 ? null : index * 10_000_000_000,
    etag: index % 5 === 4 ? null : `etag-${index}`,
    verification: 'etag',
    attempts: (index % 3) + 1,
    durationMs: index % 2 === 0 ? index / 4 : null,
  }))
}

async function write(path: string, report: ReportRow[]): Promise<void> {
  const writer = await createReportWriter({ path })
  for (const row of report) {
    writer.write(row)
    await writer.idle()
  }
  await writer.close()
}

describe('a JSON lines report', () => {
  test('holds one object a line, whatever the keys and messages hold', async () => {
    const path = join(directory, 'report.jsonl')
    await write(path, rows(500))
    const lines = (await readFile(path, 'utf8')).split('\n')
    expect(lines.pop()).toBe('')
    expect(lines.map((line) => JSON.parse(line) as ReportRow)).toEqual(rows(500))
  })

  test('replaces the report of an earlier run', async () => {
    const path = join(directory, 'report.jsonl')
    await write(path, rows(100))
    await write(path, rows(1))
    expect((await readFile(path, 'utf8')).trim().split('\n')).toHaveLength(1)
  })

  test('without rows is an empty file', async () => {
    const path = join(directory, 'report.ndjson')
    await write(path, [])
    expect((await stat(path)).size).toBe(0)
  })
})

describe('a Parquet report', () => {
  test.for([0, 1, 500, 4_096, 9_000])('of %i rows is a manifest of its keys', async (count) => {
    const path = join(directory, 'report.parquet')
    await write(path, rows(count))
    const store = new CountingStore()
    const reader = await openManifest(store, store.put('r', await readFile(path)), { bucket: 'b' })
    expect(reader.rows).toBe(count)
    const whole = await readAll(reader)
    expect(whole.keys).toEqual(rows(count).map(({ key }) => key))
    expect(whole.etags).toEqual(rows(count).map(({ etag }) => etag))
    const outcomes = await openManifest(store, store.put('r', await readFile(path)), {
      bucket: 'b',
      column: 'outcome',
    })
    expect((await readAll(outcomes)).keys).toEqual(rows(count).map(({ outcome }) => outcome))
  })

  test('lies under another name until it is whole', async () => {
    const path = join(directory, 'report.parquet')
    const writer = await createReportWriter({ path })
    writer.write(rows(1)[0]!)
    expect(await readdir(directory)).toEqual(['report.parquet.partial'])
    await writer.close()
    expect(await readdir(directory)).toEqual(['report.parquet'])
  })
})

test('the format follows the name, unless it is given', async () => {
  const path = join(directory, 'report.txt')
  await expect(createReportWriter({ path })).rejects.toMatchObject({ code: 'LAGOON_MANIFEST_INVALID_OPTION' })
  await (await createReportWriter({ path, format: 'jsonl' })).close()
  expect(await readdir(directory)).toEqual(['report.txt'])
})

test.for(['report.jsonl', 'report.parquet'])(
  'a directory that is not there is a clear error: %s',
  async (name) => {
    const opening = createReportWriter({ path: join(directory, 'missing', name) })
    await expect(opening).rejects.toMatchObject({ code: 'LAGOON_MANIFEST_UNWRITABLE' })
  },
)

test.for(['report.jsonl', 'report.parquet'])(
  'a full disk is told when the report is closed: %s',
  async (name) => {
    const path = join(directory, name)
    await symlink('/dev/full', name === 'report.parquet' ? `${path}.partial` : path)
    const report = await createReportWriter({ path })
    report.write(rows(1)[0]!)
    await expect(report.close()).rejects.toMatchObject({ code: 'LAGOON_MANIFEST_UNWRITABLE' })
  },
)

test('after a failed write every further row fails, and what waits is not kept', async () => {
  const path = join(directory, 'report.jsonl')
  await symlink('/dev/full', path)
  const report = await createReportWriter({ path })
  const writeMuch = async (): Promise<void> => {
    for (const row of rows(20_000)) {
      report.write(row)
      await report.idle()
    }
  }
  await expect(writeMuch()).rejects.toMatchObject({ code: 'LAGOON_MANIFEST_UNWRITABLE' })
  await expect(report.close()).rejects.toMatchObject({ code: 'LAGOON_MANIFEST_UNWRITABLE' })
})
