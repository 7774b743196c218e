import fc from 'fast-check'
import { expect, it } from 'vitest'
import { openStateReadOnly, type ReadonlyState, type State } from '../src/index.js'
import { IDENTITY, TINY, failure, histories, open, temporaryDirectory } from './helpers.js'

/** What the state promises, as plain maps. */
class Model {
  complete = new Map<string, string | null>()
  /** Manifest key → its record. */
  manifests = new Map<string, { etag: string; settled: Map<number, number>; finished: boolean }>()
  /** Manifest key and row → failure. */
  failures = new Map<string, { manifest: string; row: number; key: string; run: number; class: string }>()
  uploads = new Map<string, number>()
  run = 1

  lookup(key: string, version: string | null): number {
    const recorded = this.complete.get(key)
    if (recorded !== undefined && (!version || recorded === null || recorded === version)) return 1
    const failed = [...this.failures.values()]
    return failed.some((f) => f.key === key && f.class !== 'row' && f.run === this.run) ? 2 : 0
  }
}

const KEYS = Array.from({ length: 300 }, (_, i) => `key/${i}`)
const MANIFESTS = ['m/a.parquet', 'm/b.parquet']
const key = fc.integer({ min: 0, max: KEYS.length - 1 })
const version = fc.constantFrom(null, null, 'v1', 'v2')
const manifest = fc.constantFrom(...MANIFESTS)
const row = fc.nat({ max: 40 })

type Step =
  | { do: 'completeMany'; from: number; count: number; version: string | null }
  | { do: 'complete'; key: number; version: string | null }
  | { do: 'fail'; key: number; manifest: string; row: number; class: 'transient' | 'row' }
  | { do: 'supersede'; manifest: string }
  | { do: 'settle'; manifest: string; group: number }
  | { do: 'finish'; manifest: string }
  | { do: 'upload'; name: number; value: number | null }
  | { do: 'startRun' | 'startRound' | 'flush' | 'reopen' | 'tick' | 'readOnly' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('completeMany' as const),
      from: key,
      count: fc.nat({ max: 90 }),
      version,
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('complete' as const), key, version }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('fail' as const),
      key,
      manifest,
      row,
      class: fc.constantFrom('transient' as const, 'transient' as const, 'row' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('supersede' as const), manifest }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('settle' as const), manifest, group: fc.nat({ max: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('finish' as const), manifest }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('upload' as const),
      name: fc.nat({ max: 4 }),
      value: fc.option(fc.nat({ max: 9 })),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'startRun',
        'startRound',
        'flush',
        'flush',
        'reopen',
        'tick',
        'tick',
        'tick',
        'readOnly',
      ),
    }) as fc.Arbitrary<Step>,
  },
)

it('invariants 3, 4, 5 and 7: the state is equivalent to plain maps, through any calls and reopenings', async () => {
  const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), play)
  const details = await fc.check(property, { numRuns: histories(80) })
  expect((await fc.asyncDefaultReportMessage(details)) ?? 'held').toBe('held')
})

/** Says the steps to a state and to the model, and compares them after each. */
async function play(steps: Step[]): Promise<void> {
  const directory = temporaryDirectory()
  let state = await open(directory, TINY)
  const model = new Model()
  state.startRun({})
  for (const each of steps) {
    if (each.do === 'reopen') {
      await state.close()
      state = await open(directory, TINY)
      state.startRun({})
      model.run++
    } else if (each.do === 'flush') {
      await state.flush()
      checkCommitted(state, model)
    } else if (each.do === 'tick') {
      // Lets a commit or a merge that is in progress get one step further.
      await new Promise((resolve) => setImmediate(resolve))
    } else if (each.do === 'readOnly') {
      await state.flush()
      const reader = await openStateReadOnly({ directory, identity: IDENTITY })
      checkCommitted(reader, model)
      checkComplete(reader, model)
      await reader.close()
    } else say(state, model, each)
    checkLookup(state, model)
  }
  await state.flush()
  checkCommitted(state, model)
  await state.close()
}

function checkComplete(reader: ReadonlyState, model: Model): void {
  expect([...reader.lookup(KEYS)].map((answer) => answer === 1)).toEqual(
    KEYS.map((k) => model.complete.has(k)),
  )
}

function say(state: State, model: Model, each: Step): void {
  if (each.do === 'complete') complete(state, model, KEYS[each.key]!, each.version)
  if (each.do === 'completeMany') {
    const many = KEYS.slice(each.from, each.from + each.count)
    for (const one of many) complete(state, model, one, each.version)
  }
  if (each.do === 'startRun' || each.do === 'startRound') {
    if (each.do === 'startRun') state.startRun({})
    else state.startRound()
    model.run++
  }
  if (each.do === 'upload') {
    const name = `upload ${each.name}`
    if (each.value === null) state.uploads.delete(name)
    else state.uploads.put(name, { value: each.value })
    if (each.value === null) model.uploads.delete(name)
    else model.uploads.set(name, each.value)
  }
  if ('manifest' in each) sayOfManifest(state, model, each)
}

function complete(state: State, model: Model, one: string, version: string | null): void {
  state.complete(one, version)
  model.complete.set(one, version)
  for (const [id, failed] of model.failures) {
    if (failed.key === one && failed.class !== 'row') model.failures.delete(id)
  }
}

function sayOfManifest(state: State, model: Model, each: Extract<Step, { manifest: string }>): void {
  const known = model.manifests.get(each.manifest) ?? {
    etag: '0',
    settled: new Map<number, number>(),
    finished: false,
  }
  const record = state.manifest({ key: each.manifest, etag: known.etag })
  if (each.do === 'supersede') {
    const etag = `${Number(known.etag) + 1}`
    state.manifest({ key: each.manifest, etag })
    model.manifests.delete(each.manifest)
    model.manifests.set(each.manifest, { etag, settled: new Map(), finished: false })
    for (const [id, failed] of model.failures)
      if (failed.manifest === each.manifest) model.failures.delete(id)
    return
  }
  model.manifests.set(each.manifest, known)
  if (each.do === 'settle' && !known.finished) {
    if (!known.settled.has(each.group)) known.settled.set(each.group, 10)
    record.settleRowGroup(each.group, 10)
  }
  if (each.do === 'finish') {
    known.finished = true
    record.finish({ rows: 50, rowGroups: 5 })
  }
  if (each.do === 'fail') {
    const ref = { key: each.manifest, etag: known.etag }
    const rowGroup = Math.floor(each.row / 10)
    state.fail(failure(each.row, KEYS[each.key]!, { manifest: ref, rowGroup, class: each.class }))
    const failed = {
      manifest: each.manifest,
      row: each.row,
      key: KEYS[each.key]!,
      run: model.run,
      class: each.class,
    }
    model.failures.set(`${each.manifest} ${each.row}`, failed)
  }
  for (let group = 0; group < 5; group++) {
    expect(record.isRowGroupSettled(group)).toBe(known.finished || known.settled.has(group))
  }
}

function checkLookup(state: State, model: Model): void {
  for (const version of [null, 'v1']) {
    const versions = KEYS.map(() => version)
    expect([...state.lookup(KEYS, versions)]).toEqual(KEYS.map((k) => model.lookup(k, version)))
  }
}

type Readable = Pick<ReadonlyState, 'counts' | 'failures' | 'uploads' | 'manifest'>

function checkCommitted(state: Readable, model: Model): void {
  const finished = [...model.manifests.values()].filter((m) => m.finished).length
  expect(state.counts()).toEqual({
    complete: model.complete.size,
    failed: model.failures.size,
    manifestsFinished: finished,
  })
  const rows = [...state.failures()].map((f) => `${f.manifest.key} ${f.row} ${f.key}`)
  const expected = [...model.failures.values()].map((f) => `${f.manifest} ${f.row} ${f.key}`)
  expect(rows.toSorted()).toEqual(expected.toSorted())
  expect(new Map(state.uploads.entries())).toEqual(
    new Map([...model.uploads].map(([name, value]) => [name, { value }])),
  )
  for (const [name, { etag, settled, finished }] of model.manifests) {
    const record = state.manifest({ key: name, etag })
    const inSettled = [...model.failures.values()].filter(
      (f) => f.manifest === name && (finished || settled.has(Math.floor(f.row / 10))),
    )
    const totals = { rows: finished ? 50 : settled.size * 10, failed: inSettled.length }
    expect(record.settledRows()).toEqual(totals)
    expect(record.finished).toEqual(finished ? totals : null)
    // A row whose key was completed with another version is still a failure; one whose key is complete is not given.
    const open = inSettled.filter((f) => f.class === 'row' || !model.complete.has(f.key)).map((f) => f.row)
    expect([...record.failures()].map((f) => f.row)).toEqual(open.toSorted((a, b) => a - b))
  }
}
