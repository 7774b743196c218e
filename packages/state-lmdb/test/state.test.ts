import { describe, expect, it } from 'vitest'
import { openStateReadOnly } from '../src/index.js'
import { answers, failure, MANIFEST, open, temporaryDirectory } from './helpers.js'

const OTHER = { key: 'manifest/b.parquet', etag: 'e1' }

describe('keys', () => {
  it('invariant 5: are complete for lookups immediately, and after reopening', async () => {
    const directory = temporaryDirectory()
    const state = await open(directory)
    state.complete('a')
    expect(answers(state, ['a', 'b', null])).toEqual([1, 0, 0])
    await state.close()
    expect(answers(await open(directory), ['a', 'b', null])).toEqual([1, 0, 0])
  })

  it('are counted as complete immediately, each once', async () => {
    const state = await open(temporaryDirectory())
    for (const key of ['a', 'b', 'a']) state.complete(key)
    expect(state.counts().complete).toBe(2)
    await state.flush()
    expect(state.counts().complete).toBe(2)
    for (const key of ['b', 'c']) state.complete(key)
    expect(state.counts().complete).toBe(3)
  })

  it('of every length up to 1,024 bytes and of every script are distinguished', async () => {
    const keys = [
      ...Array.from({ length: 1024 }, (_, i) => 'k'.repeat(i + 1)),
      'ключ',
      '鍵',
      '🗝️',
      'é',
      'e\u0301',
      '',
      ' ',
      '\n',
      '../x',
      '/a//b',
      '%2F',
      '\u0000',
    ]
    const directory = temporaryDirectory()
    const state = await open(directory)
    for (const key of keys.slice(1)) state.complete(key)
    await state.flush()
    expect(answers(state, keys)).toEqual(keys.map((_, i) => (i === 0 ? 0 : 1)))
    expect(state.counts().complete).toBe(keys.length - 1)
  })

  it('with another version than the recorded one are open; without a version on either side they are complete', async () => {
    const state = await open(temporaryDirectory())
    state.complete('plain')
    state.complete('versioned', 'etag-1')
    for (const flushed of [false, true]) {
      if (flushed) await state.flush()
      const keys = ['plain', 'versioned', 'versioned', 'versioned']
      expect(answers(state, keys, ['etag-9', 'etag-1', 'etag-2', null])).toEqual([1, 1, 0, 1])
    }
    state.complete('versioned', 'etag-2')
    await state.flush()
    expect(answers(state, ['versioned', 'versioned'], ['etag-1', 'etag-2'])).toEqual([0, 1])
    expect(state.counts().complete).toBe(2)
  })
})

describe('failures', () => {
  it('invariant 4: all of a key are removed when it completes, whichever manifest named it', async () => {
    const state = await open(temporaryDirectory())
    state.fail(failure(1, 'twice'))
    state.fail(failure(7, 'twice', { manifest: OTHER }))
    state.fail(failure(8, 'other', { manifest: OTHER }))
    await state.flush()
    expect(state.counts().failed).toBe(3)
    state.complete('twice')
    await state.flush()
    expect([...state.failures()].map(({ key }) => key)).toEqual(['other'])
    expect(state.counts()).toEqual({ complete: 1, failed: 1, manifestsFinished: 0 })
  })

  it('make the key a duplicate in this run, and open again in the next', async () => {
    const directory = temporaryDirectory()
    const state = await open(directory)
    state.startRun({})
    state.fail(failure(1, 'bad'))
    expect(answers(state, ['bad'])).toEqual([2])
    await state.flush()
    expect(answers(state, ['bad'])).toEqual([2])
    state.startRun({})
    expect(answers(state, ['bad'])).toEqual([0])
    await state.close()
    expect(answers(await open(directory), ['bad'])).toEqual([0])
  })

  it('make the key open again in the next round of the run, and a duplicate if it fails there', async () => {
    const directory = temporaryDirectory()
    const state = await open(directory)
    state.startRun({})
    state.fail(failure(1, 'bad'))
    await state.flush()
    state.startRound()
    expect(answers(state, ['bad'])).toEqual([0])
    const other = { key: 'manifest/other.parquet', etag: 'e1' }
    state.fail(failure(1, 'bad', { manifest: other }))
    await state.flush()
    expect(answers(state, ['bad'])).toEqual([2])
    // Without the other manifest there is only the failure of the round before.
    state.manifest({ ...other, etag: 'e2' })
    await state.flush()
    expect(answers(state, ['bad'])).toEqual([0])
    expect([...state.runs()]).toHaveLength(1)
  })

  it('are found by their key, in every manifest that names it and is not superseded', async () => {
    const directory = temporaryDirectory()
    const state = await open(directory)
    const other = { key: 'manifest/other.parquet', etag: 'e1' }
    const gone = { key: 'manifest/gone.parquet', etag: 'e1' }
    for (const manifest of [MANIFEST, other, gone]) state.fail(failure(3, 'bad', { manifest }))
    state.fail(failure(4, 'worse'))
    state.manifest({ ...gone, etag: 'e2' })
    await state.flush()
    const reader = await openStateReadOnly({ directory })
    for (const each of [state, reader]) {
      const keys = [...each.failures({ key: 'bad' })].map(({ key, manifest }) => `${key} ${manifest.key}`)
      expect(keys.sort()).toEqual([`bad ${MANIFEST.key}`, `bad ${other.key}`])
      expect([...each.failures({ key: 'fine' })]).toEqual([])
    }
    await reader.close()
  })

  it('are stored whole, and returned in the order of rows', async () => {
    const directory = temporaryDirectory()
    const state = await open(directory)
    const whole = failure(2, 'k'.repeat(1024), {
      version: 'v',
      job: { versionId: 'x', sizeBytes: 5 },
      class: 'missing',
    })
    const row = failure(70_000_000_000, '', { rowGroup: 3, class: 'row', code: 'LAGOON_MANIFEST_NULL_KEY' })
    state.fail(row)
    state.fail(whole)
    await state.close()
    const reopened = await open(directory)
    expect([...reopened.failures()]).toEqual([whole, row])
    expect([...reopened.failures({ class: 'row' })]).toEqual([row])
    expect([...reopened.failures({ code: 'none' })]).toEqual([])
    expect([...reopened.failures({ manifest: OTHER })]).toEqual([])
  })

  it('of a repeated row replace the earlier record', async () => {
    const state = await open(temporaryDirectory())
    state.fail(failure(1, 'a', { attempts: 1 }))
    await state.flush()
    state.fail(failure(1, 'a', { attempts: 9 }))
    await state.flush()
    expect([...state.failures()].map(({ attempts }) => attempts)).toEqual([9])
    expect(state.counts().failed).toBe(1)
  })

  it('come by the thousand without being held in memory at once', async () => {
    const state = await open(temporaryDirectory(), { commitEntries: 500 })
    for (let row = 0; row < 3000; row++) state.fail(failure(row, `k${row}`))
    await state.flush()
    const rows = [...state.failures()].map(({ row }) => row)
    expect(rows).toEqual(Array.from({ length: 3000 }, (_, row) => row))
  })
})

describe('manifests', () => {
  it('are skipped by row group, and once finished, as a whole', async () => {
    const directory = temporaryDirectory()
    let state = await open(directory)
    state.manifest(MANIFEST).settleRowGroup(1, 100)
    await state.close()
    state = await open(directory)
    const manifest = state.manifest(MANIFEST)
    expect([0, 1, 2].map((index) => manifest.isRowGroupSettled(index))).toEqual([false, true, false])
    expect(manifest.settledRows()).toEqual({ rows: 100, failed: 0 })
    manifest.finish({ rows: 300, rowGroups: 3 })
    await state.close()
    state = await open(directory)
    expect(state.manifest(MANIFEST).finished).toEqual({ rows: 300, failed: 0 })
    expect(state.manifest(MANIFEST).isRowGroupSettled(2)).toBe(true)
    expect(state.counts().manifestsFinished).toBe(1)
  })

  it('return the failures of settled row groups for a retry, without completed ones', async () => {
    const state = await open(temporaryDirectory())
    const manifest = state.manifest(MANIFEST)
    for (const row of [1, 2, 3]) state.fail(failure(row, `k${row}`))
    state.fail(failure(11, 'unsettled', { rowGroup: 1 }))
    manifest.settleRowGroup(0, 10)
    await state.flush()
    expect(manifest.settledRows()).toEqual({ rows: 10, failed: 3 })
    const given: string[] = []
    for (const { key } of manifest.failures()) {
      given.push(key)
      state.complete('k2')
    }
    expect(given).toEqual(['k1', 'k3'])
    await state.flush()
    expect(manifest.settledRows()).toEqual({ rows: 10, failed: 2 })
  })

  it('with another ETag are other manifests: the old record and its failures are removed', async () => {
    const directory = temporaryDirectory()
    const state = await open(directory)
    state.fail(failure(1, 'old'))
    state.manifest(MANIFEST).finish({ rows: 2, rowGroups: 1 })
    await state.flush()
    const replaced = state.manifest({ ...MANIFEST, etag: 'e2' })
    expect(replaced.finished).toBeNull()
    expect(answers(state, ['old'])).toEqual([0])
    state.fail(failure(2, 'late news of the old manifest'))
    await state.flush()
    expect([...state.failures()]).toEqual([])
    expect(state.counts()).toEqual({ complete: 0, failed: 0, manifestsFinished: 0 })
    await state.close()
    expect((await open(directory)).manifest(MANIFEST).finished).toBeNull()
  })

  it('read in another scope are other manifests, whatever their ETag is', async () => {
    const directory = temporaryDirectory()
    const state = await open(directory)
    const scoped = { ...MANIFEST, scope: 'column=key' }
    state.manifest(scoped).finish({ rows: 0, rowGroups: 0 })
    await state.flush()
    expect(state.manifest(scoped).finished).toEqual({ rows: 0, failed: 0 })
    expect([...state.manifests()]).toMatchObject([scoped])
    expect(state.manifest(MANIFEST).finished).toBeNull()
    await state.close()
    expect((await open(directory)).manifest({ ...MANIFEST, scope: '' }).finished).toBeNull()
  })

  it('that are dropped with many failures are removed gradually, and stop counting immediately', async () => {
    const state = await open(temporaryDirectory())
    for (let row = 0; row < 5000; row++) state.fail(failure(row, `k${row}`))
    await state.flush()
    state.manifest({ ...MANIFEST, etag: 'e2' })
    await state.flush()
    expect(state.counts().failed).toBe(0)
    for (let i = 0; i < 4; i++) {
      state.complete(`k${i}`)
      await state.flush()
      expect(state.counts().failed).toBe(0)
    }
    expect([...state.failures()]).toEqual([])
  })

  it('are listed with their progress', async () => {
    const state = await open(temporaryDirectory())
    state.manifest(MANIFEST).settleRowGroup(4, 8)
    state.fail(failure(1, 'x', { manifest: OTHER }))
    state.manifest(OTHER).finish({ rows: 5, rowGroups: 1 })
    await state.flush()
    const listed = [...state.manifests()].toSorted((a, b) => a.key.localeCompare(b.key))
    expect(listed).toEqual([
      { ...MANIFEST, finished: null, settledRows: 8, settledRowGroups: 1 },
      { ...OTHER, finished: { rows: 5, failed: 1 }, settledRows: 5, settledRowGroups: 1 },
    ])
  })
})

describe('the rest', () => {
  it('uploads in progress are visible immediately, survive, and can be deleted', async () => {
    const directory = temporaryDirectory()
    const state = await open(directory)
    state.uploads.put('a', { uploadId: '1' })
    state.uploads.put('b', { uploadId: '2' })
    state.uploads.delete('a')
    expect(state.uploads.get('a')).toBeUndefined()
    expect([...state.uploads.entries()]).toEqual([['b', { uploadId: '2' }]])
    await state.close()
    expect((await open(directory)).uploads.get('b')).toEqual({ uploadId: '2' })
  })

  it('runs are listed; one that was killed has no end', async () => {
    const directory = temporaryDirectory()
    let state = await open(directory)
    state.startRun({ version: '1' })
    await state.close()
    state = await open(directory)
    state.startRun({ version: '2' })
    await state.finishRun({ completed: 3 })
    const runs = [...state.runs()]
    expect(runs.map(({ number, info, summary }) => ({ number, info, summary }))).toEqual([
      { number: 1, info: { version: '1' }, summary: null },
      { number: 2, info: { version: '2' }, summary: { completed: 3 } },
    ])
    expect(runs.map(({ finishedAt }) => finishedAt === null)).toEqual([true, false])
  })

  it('a run that ends without a start is still listed', async () => {
    const state = await open(temporaryDirectory())
    await state.finishRun({ completed: 3 })
    const [run] = [...state.runs()]
    expect(run).toMatchObject({ number: 1, info: {}, summary: { completed: 3 } })
    expect([...state.runs()]).toHaveLength(1)
  })

  it('recording asks to wait if too much is buffered, and then continues', async () => {
    const state = await open(temporaryDirectory(), { commitEntries: 10, maxBufferedEntries: 10 })
    expect(state.idle()).toBeNull()
    for (let i = 0; i < 10; i++) state.complete(`k${i}`)
    const wait = state.idle()
    expect(wait).not.toBeNull()
    await wait
    expect(state.idle()).toBeNull()
  })

  it('a closed state reports it; closing again does nothing', async () => {
    const state = await open(temporaryDirectory())
    await state.close()
    await state.close()
    expect(() => state.complete('a')).toThrow(expect.objectContaining({ code: 'LAGOON_STATE_CLOSED' }))
    await expect(state.flush()).rejects.toMatchObject({ code: 'LAGOON_STATE_CLOSED' })
  })
})
