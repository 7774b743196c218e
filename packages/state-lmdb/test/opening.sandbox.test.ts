import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { open as openLmdb } from 'lmdb'
import { describe, expect, it } from 'vitest'
import { compactState, openState, openStateReadOnly } from '../src/index.js'
import { answers, failure, IDENTITY, MANIFEST, open, temporaryDirectory, TINY } from './helpers.js'

const READ_ALL = fileURLToPath(new URL('programs/read-all.js', import.meta.url))

async function setFormat(directory: string, change: object): Promise<void> {
  const env = openLmdb(join(directory, 'state.mdb'), {
    encoding: 'binary',
    noSubdir: true,
    overlappingSync: false,
  })
  const meta = env.openDB('meta', { encoding: 'binary' })
  const format = JSON.parse(Buffer.from(meta.getBinary('format')!).toString()) as object
  await meta.put('format', Buffer.from(JSON.stringify({ ...format, ...change })))
  await env.close()
}

describe('opening', () => {
  it('a state of a newer format is refused, to read and to write, and left unchanged', async () => {
    const directory = temporaryDirectory()
    await (await open(directory)).close()
    await setFormat(directory, { version: 2 })
    const refusal = {
      code: 'LAGOON_STATE_NEWER_VERSION',
      message: expect.stringContaining('format 2') as string,
    }
    await expect(open(directory)).rejects.toMatchObject(refusal)
    await expect(openStateReadOnly({ directory })).rejects.toMatchObject(refusal)
    await setFormat(directory, { version: 1 })
    await expect(open(directory)).resolves.toBeDefined()
  })

  it('an unknown older format is reported as damage', async () => {
    const directory = temporaryDirectory()
    await (await open(directory)).close()
    await setFormat(directory, { version: 0 })
    await expect(open(directory)).rejects.toMatchObject({ code: 'LAGOON_STATE_CORRUPT' })
  })

  it('a state of another job is refused', async () => {
    const directory = temporaryDirectory()
    await (await open(directory)).close()
    const identity = { ...IDENTITY, destination: 'http://b/other' }
    const refusal = {
      code: 'LAGOON_STATE_OTHER_JOB',
      message: expect.stringContaining('http://b/other') as string,
    }
    await expect(open(directory, { identity })).rejects.toMatchObject(refusal)
    await expect(openStateReadOnly({ directory, identity })).rejects.toMatchObject(refusal)
  })

  it('a data directory that is a file is refused, with its path and a hint', async () => {
    const directory = join(temporaryDirectory(), 'data')
    writeFileSync(directory, '')
    await expect(open(directory)).rejects.toMatchObject({
      code: 'LAGOON_STATE_UNWRITABLE',
      message: expect.stringContaining(directory) as string,
      hint: expect.stringContaining('`directory`') as string,
    })
  })

  it('a data directory without write permission is refused', async ({ skip }) => {
    if (process.getuid?.() === 0) skip('root may write everywhere')
    const directory = temporaryDirectory()
    chmodSync(directory, 0o555)
    await expect(open(directory)).rejects.toMatchObject({ code: 'LAGOON_STATE_UNWRITABLE' })
  })

  it.each([
    ['is not one of LMDB', Buffer.alloc(16_384, 7), 'not an LMDB data file'],
    ['is a few bytes long', Buffer.from('PAR1'), 'only 4 bytes'],
  ])('a data file that %s is reported as damaged', async (_, bytes, message) => {
    const directory = temporaryDirectory()
    writeFileSync(join(directory, 'state.mdb'), bytes)
    const refusal = { code: 'LAGOON_STATE_CORRUPT', message: expect.stringContaining(message) as string }
    await expect(open(directory)).rejects.toMatchObject(refusal)
    await expect(openStateReadOnly({ directory })).rejects.toMatchObject(refusal)
  })

  it('a truncated data file is reported as damaged', async () => {
    const directory = temporaryDirectory()
    const state = await open(directory)
    for (let i = 0; i < 150_000; i++) state.complete(`k${i}`)
    await state.close()
    truncateSync(join(directory, 'state.mdb'), 1_000_000)
    await expect(open(directory)).rejects.toMatchObject({
      code: 'LAGOON_STATE_CORRUPT',
      message: expect.stringContaining('truncated') as string,
    })
  })

  it('a data file that lost its end is reported as damaged, unless only unused pages are missing', async () => {
    const directory = temporaryDirectory()
    const state = await open(directory)
    const count = 20_000
    for (let i = 0; i < count; i++) {
      state.complete(`k${i}`)
      if (i % 100 === 0) state.fail(failure(i, `f${i}`))
      if (i % 2000 === 0) await state.flush()
    }
    await state.close()
    const file = join(directory, 'state.mdb')
    const { size } = statSync(file)
    const cuts = [1, 512, 4095, ...Array.from({ length: 30 }, (_, i) => (i + 1) * 4096), size >> 1]
    const copies = cuts.map((bytes) => {
      const copy = temporaryDirectory()
      copyFileSync(file, join(copy, 'state.mdb'))
      truncateSync(join(copy, 'state.mdb'), size - bytes)
      return copy
    })
    const { stdout, signal } = spawnSync(process.execPath, [READ_ALL, `${count}`, ...copies], {
      encoding: 'utf8',
    })
    expect(signal).toBeNull()
    const outcomes = stdout.trim().split('\n')
    expect(outcomes).toHaveLength(cuts.length)
    for (const outcome of outcomes) expect([`${count}`, 'LAGOON_STATE_CORRUPT']).toContain(outcome)
    expect(outcomes.at(-1)).toBe('LAGOON_STATE_CORRUPT')
  })

  it('a record that this package did not write is reported as damage', async () => {
    const directory = temporaryDirectory()
    await (await open(directory)).close()
    const env = openLmdb(join(directory, 'state.mdb'), {
      encoding: 'binary',
      noSubdir: true,
      overlappingSync: false,
    })
    await env.openDB('meta', { encoding: 'binary' }).put('format', Buffer.from('{"version":'))
    await env.close()
    await expect(open(directory)).rejects.toMatchObject({ code: 'LAGOON_STATE_CORRUPT' })
  })

  it('an empty data file, left by a process that was killed at its start, is an empty state', async () => {
    const directory = temporaryDirectory()
    writeFileSync(join(directory, 'state.mdb'), '')
    const reader = await openStateReadOnly({ directory, identity: IDENTITY })
    expect(reader.counts().complete).toBe(0)
    expect(await compactState({ directory })).toEqual({ bytesBefore: 0, bytesAfter: 0 })
    await expect(open(directory)).resolves.toBeDefined()
  })

  it('invalid options are refused before anything is created', async () => {
    const directory = join(temporaryDirectory(), 'data')
    const opening = openState({ directory, identity: IDENTITY, commitEntries: 0 })
    await expect(opening).rejects.toMatchObject({ code: 'LAGOON_STATE_INVALID_OPTION' })
    expect(existsSync(directory)).toBe(false)
  })
})

describe('opening to read', () => {
  it('without a state returns an empty one and creates nothing', async () => {
    const parent = temporaryDirectory()
    const state = await openStateReadOnly({ directory: join(parent, 'data'), identity: IDENTITY })
    expect(state.counts()).toEqual({ complete: 0, failed: 0, manifestsFinished: 0 })
    expect(answers(state, ['a', null])).toEqual([0, 0])
    expect(state.manifest(MANIFEST).finished).toBeNull()
    expect([...state.failures(), ...state.manifests(), ...state.runs(), ...state.uploads.entries()]).toEqual(
      [],
    )
    expect([...state.manifest(MANIFEST).failures()]).toEqual([])
    await state.close()
    expect(readdirSync(parent)).toEqual([])
  })

  it('beside a writer without commits finds nothing, and its commits afterwards', async () => {
    const directory = temporaryDirectory()
    const writer = await open(directory)
    const reader = await openStateReadOnly({ directory })
    expect(reader.counts()).toEqual({ complete: 0, failed: 0, manifestsFinished: 0 })
    expect(answers(reader, ['a'])).toEqual([0])
    writer.complete('a')
    await writer.flush()
    expect(answers(reader, ['a'])).toEqual([1])
    expect(reader.counts().complete).toBe(1)
    await reader.close()
    await reader.close()
  })

  it('a file that its writer has not yet completed is an empty state', async () => {
    const directory = temporaryDirectory()
    const env = openLmdb(join(directory, 'state.mdb'), { encoding: 'binary', noSubdir: true })
    for (const database of ['another', 'meta']) {
      await env.openDB(database, { encoding: 'binary' }).put('key', Buffer.from('value'))
      const reader = await openStateReadOnly({ directory, identity: IDENTITY })
      expect(reader.counts()).toEqual({ complete: 0, failed: 0, manifestsFinished: 0 })
      expect(reader.manifest(MANIFEST).settledRows()).toEqual({ rows: 0, failed: 0 })
      expect(reader.manifest(MANIFEST).isRowGroupSettled(0)).toBe(false)
      expect(reader.uploads.get('u')).toBeUndefined()
      await reader.close()
    }
    await env.close()
  })

  it('beside a writer sees each commit, and between merges misses no key', async () => {
    const directory = temporaryDirectory()
    const writer = await open(directory, TINY)
    const reader = await openStateReadOnly({ directory, identity: IDENTITY })
    const keys: string[] = []
    for (let i = 0; i < 3000; i++) {
      keys.push(`k${i}`)
      writer.complete(`k${i}`)
      if (i % 100 !== 99) continue
      await writer.flush()
      expect(reader.lookup(keys).every((answer) => answer === 1)).toBe(true)
      expect(reader.counts().complete).toBe(keys.length)
    }
    writer.fail(failure(1, 'bad'))
    writer.manifest(MANIFEST).settleRowGroup(0, 5)
    writer.uploads.put('u', { uploadId: '1' })
    await writer.flush()
    expect(reader.manifest(MANIFEST).settledRows()).toEqual({ rows: 5, failed: 1 })
    expect([...reader.manifest(MANIFEST).failures()].map(({ key }) => key)).toEqual(['bad'])
    expect(reader.manifest({ ...MANIFEST, etag: 'e2' }).isRowGroupSettled(0)).toBe(false)
    expect(reader.uploads.get('u')).toEqual({ uploadId: '1' })
    await reader.close()
    expect(() => reader.counts()).toThrow(expect.objectContaining({ code: 'LAGOON_STATE_CLOSED' }))
  })
})
