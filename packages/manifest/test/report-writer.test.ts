import { mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type ReportRow, createReportWriter, localManifest, openManifest } from '../src/index.js'
import { CountingStore } from './counting-store.js'
import { fixtureBytes } from './fixtures.js'
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
  test('has one object per line, whatever the keys and messages are', async () => {
    const path = join(directory, 'report.jsonl')
    await write(path, rows(500))
    const lines = (await readFile(path, 'utf8')).split('\n')
    expect(lines.pop()).toBe('')
    const { time, ...first } = JSON.parse(lines[0]!) as ReportRow & { time: string }
    expect(first).toEqual({
      ...rows(1)[0],
      code: '',
      message: '',
      manifest: '',
      row: null,
      destinationKey: '',
      versionId: '',
    })
    expect(new Date(time).toISOString()).toBe(time)
    expect(lines.map((line) => (JSON.parse(line) as ReportRow).key)).toEqual(rows(500).map(({ key }) => key))
  })

  test('has the same type in each column from the first row to the last', async () => {
    const path = join(directory, 'report.jsonl')
    await write(path, rows(500))
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n')
    const typesOf = (line: string) =>
      Object.entries(JSON.parse(line) as object)
        .filter(([name]) => name !== 'row')
        .map(([name, value]) => `${name} ${Number.isInteger(value) ? 'integer' : typeof value}`)
    for (const line of lines) expect(typesOf(line)).toEqual(typesOf(lines[0]!))
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

test.each(['report.jsonl', 'report.parquet', 'report.csv'])(
  'a report with rows is refused, continued or replaced according to the mode: %s',
  async (name) => {
    const path = join(directory, name)
    const plain = ['a', 'b', 'c'].map((key) => ({ ...rows(1)[0]!, key }))
    await write(path, plain)
    await expect(createReportWriter({ path, mode: 'new' })).rejects.toMatchObject({
      code: 'LAGOON_MANIFEST_REPORT_EXISTS',
    })
    const more = await createReportWriter({ path, mode: 'append' })
    more.write({ ...rows(1)[0]!, key: 'later' })
    await more.close()
    expect(await keysOf(path)).toEqual(['a', 'b', 'c', 'later'])
    const other = await createReportWriter({ path, mode: 'replace' })
    other.write({ ...rows(1)[0]!, key: 'only' })
    await other.close()
    expect(await keysOf(path)).toEqual(['only'])
  },
)

async function keysOf(path: string): Promise<(string | null)[]> {
  const bytes = await readFile(path)
  if (path.endsWith('.parquet')) {
    const store = new CountingStore()
    return (await readAll(await openManifest(store, store.put('r', bytes), { bucket: 'b' }))).keys
  }
  const lines = bytes.toString('utf8').trimEnd().split(/\r?\n/)
  if (path.endsWith('.jsonl')) return lines.map((line) => (JSON.parse(line) as ReportRow).key)
  // The keys of these rows have no comma.
  return lines.slice(1).map((line) => line.split(',')[0]!)
}

test('a CSV report has a header, and quotes what a spreadsheet would split', async () => {
  const path = join(directory, 'report.csv')
  await write(path, [{ ...rows(5)[4]!, key: 'a,b' }])
  const [header, ...rest] = (await readFile(path, 'utf8')).split('\r\n')
  expect(header).toMatch(/^key,outcome,code,message,bytes,/)
  expect(rest.join('\n')).toMatch(/^"a,b",failed,LAGOON_TRANSFER_RESET,"connection\nreset, ""again""",,/)
})

test('JSON lines can be read while they are written', async () => {
  const path = join(directory, 'report.jsonl')
  const writer = await createReportWriter({ path })
  writer.write(rows(1)[0]!)
  await vi.waitFor(async () => expect(await readFile(path, 'utf8')).toContain('plain-0'))
  await writer.close()
})

describe('a Parquet report', () => {
  test('that is continued keeps its rows byte for byte, however many there are', async () => {
    const path = join(directory, 'report.parquet')
    await write(path, rows(9_000))
    for (const key of ['\ufefflater', 'last']) {
      const more = await createReportWriter({ path, mode: 'append' })
      more.write({ ...rows(1)[0]!, key })
      await more.close()
    }
    expect(await keysOf(path)).toEqual([...rows(9_000).map(({ key }) => key), '\ufefflater', 'last'])
    const file = Uint8Array.from(await readFile(path)).buffer
    const read = await parquetReadObjects({ file, compressors, columns: ['bytes', 'message', 'attempts'] })
    const expected = rows(9_000).map(({ bytes, message, attempts }) => ({ bytes, message, attempts }))
    expect(
      read.slice(0, 9_000).map(({ bytes, message, attempts }) => ({
        bytes: typeof bytes === 'bigint' ? Number(bytes) : (bytes ?? null),
        message: message ?? null,
        attempts,
      })),
    ).toEqual(expected)
  })

  test('is not appended to another file, and leaves it unchanged', async () => {
    const path = join(directory, 'report.parquet')
    for (const bytes of [fixtureBytes('pyarrow-details'), Buffer.from('key\na\n')]) {
      await writeFile(path, bytes)
      await expect(createReportWriter({ path, mode: 'append' })).rejects.toMatchObject({
        code: 'LAGOON_MANIFEST_UNWRITABLE',
      })
      expect((await readFile(path)).equals(bytes)).toBe(true)
      expect(await readdir(directory)).toEqual(['report.parquet'])
    }
  })

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

  test('of a killed process keeps its rows, is not overwritten, and can be continued', async () => {
    const path = join(directory, 'report.parquet')
    const killed = await createReportWriter({ path })
    for (const row of rows(3)) killed.write(row)
    const read = async (file: string) => {
      const { store, ref } = await localManifest(file)
      return (await readAll(await openManifest(store, ref, { bucket: 'b' }))).keys
    }
    const keys = rows(3).map(({ key }) => key)
    await vi.waitFor(async () => expect(await read(`${path}.partial`)).toEqual(keys), { timeout: 10_000 })
    await expect(createReportWriter({ path, mode: 'new' })).rejects.toMatchObject({
      code: 'LAGOON_MANIFEST_REPORT_EXISTS',
    })
    const resumed = await createReportWriter({ path, mode: 'append' })
    resumed.write(rows(4)[3]!)
    await resumed.close()
    expect(await read(path)).toEqual(rows(4).map(({ key }) => key))
    expect(await readdir(directory)).toEqual(['report.parquet'])
  })

  test('has another name until it is complete', async () => {
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

test.for(['report.jsonl', 'report.parquet'])('a missing directory is a clear error: %s', async (name) => {
  const opening = createReportWriter({ path: join(directory, 'missing', name) })
  await expect(opening).rejects.toMatchObject({ code: 'LAGOON_MANIFEST_UNWRITABLE' })
})

test.for(['report.jsonl', 'report.parquet'])(
  'a full disk is reported when the report is closed: %s',
  async (name) => {
    const path = join(directory, name)
    await symlink('/dev/full', name === 'report.parquet' ? `${path}.partial` : path)
    const report = await createReportWriter({ path })
    report.write(rows(1)[0]!)
    await expect(report.close()).rejects.toMatchObject({ code: 'LAGOON_MANIFEST_UNWRITABLE' })
  },
)

test('after a failed write every further row fails, and pending rows are dropped', async () => {
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
