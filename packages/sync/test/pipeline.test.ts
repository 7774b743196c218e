import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MemoryState } from './memory-state.js'
import { deferred, failure, harness, ScriptedCopier, success, type Rows } from './pipeline-harness.js'

const rowsOf = (manifests: Record<string, Rows>): number => Object.values(manifests).flat(2).length

describe('a run', () => {
  it('copies every key of every manifest once and finishes the manifests', async () => {
    const h = harness({ a: [['1', '2', '3', '4'], ['5']], b: [['6']] })
    const { summary } = await h.run()
    expect(h.copier.attempted.sort()).toEqual(['1', '2', '3', '4', '5', '6'])
    expect(summary).toMatchObject({
      completed: 6,
      skipped: 0,
      failed: 0,
      bytes: 60,
      manifests: { completed: 2, skipped: 0, failed: 0 },
      interrupted: false,
    })
  })

  it('requests nothing for finished manifests in the next run', async () => {
    const state = new MemoryState()
    await harness({ a: [['1', '2']] }, undefined, state).run()
    const again = harness({ a: [['1', '2']] }, undefined, state.reopen())
    const { summary } = await again.run()
    expect(again.manifests.opened).toEqual([])
    expect(again.copier.attempted).toEqual([])
    expect(summary).toMatchObject({ completed: 0, skipped: 2, manifests: { completed: 0, skipped: 1 } })
  })

  it('looks up the rows of many batches together as long as all are complete, and copies the others', async () => {
    const state = new MemoryState()
    const keys = Array.from({ length: 30 }, (_, i) => `${i}`)
    for (const key of keys) state.complete(key)
    const asked: number[] = []
    const lookup = state.lookup.bind(state)
    state.lookup = (batch, versions) => {
      asked.push(batch.length)
      return lookup(batch, versions)
    }
    const h = harness(
      { a: [keys.slice(0, 15), keys.slice(15)], b: [[...keys, 'new', null], keys] },
      undefined,
      state,
    )
    const { summary } = await h.run()
    expect(summary).toMatchObject({ completed: 1, skipped: 90, failed: 1, manifests: { completed: 2 } })
    expect(h.copier.attempted).toEqual(['new'])
    expect(h.report).toHaveLength(92)
    // The first rows of a batch alone, then all that was gathered.
    expect(asked.slice(0, 4)).toEqual([3, 3, 3, 27])
    expect(h.state.manifest({ key: 'a', etag: 'e1' }).settledRows().rows).toBe(30)
  })

  it('copies a key that appears twice once, wherever the second row is', async () => {
    const h = harness({ a: [['x', 'x', '1', '2'], ['x']], b: [['x', '3']] })
    const { summary } = await h.run()
    expect(h.copier.attempted.filter((key) => key === 'x')).toEqual(['x'])
    expect(summary).toMatchObject({ completed: 4, skipped: 3, failed: 0 })
  })

  it('counts a bad row as failed, with an empty key, and continues', async () => {
    const h = harness({ a: [['1', null, '2']] })
    const { summary } = await h.run()
    expect(summary).toMatchObject({ completed: 2, failed: 1, manifests: { completed: 1, failed: 0 } })
    expect(h.report.find((row) => row.outcome === 'failed')).toMatchObject({
      key: '',
      code: 'LAGOON_MANIFEST_NULL_KEY',
    })
  })

  it('reads the other manifests if one cannot be opened', async () => {
    const broken = Object.assign(new Error('not Parquet'), { code: 'LAGOON_MANIFEST_NOT_PARQUET' })
    const h = harness({ a: broken, b: [['1']] })
    const { summary } = await h.run()
    expect(summary).toMatchObject({ completed: 1, failed: 0, manifests: { completed: 1, failed: 1 } })
    expect(h.events).toContainEqual({
      type: 'manifest',
      status: 'failed',
      key: 'a',
      rows: null,
      code: 'LAGOON_MANIFEST_NOT_PARQUET',
      message: 'not Parquet',
    })
  })

  it('warns, and names prefixes with manifests, if it finds none', async () => {
    const h = harness({})
    const { summary } = await h.run()
    expect(summary).toMatchObject({ completed: 0, failed: 0, interrupted: false })
    expect(h.events).toContainEqual(
      expect.objectContaining({ type: 'warning', hint: expect.stringContaining('elsewhere/') }),
    )
  })

  it('skips settled row groups without reading them and retries their failures from the state', async () => {
    const state = new MemoryState()
    const first = harness(
      { a: [['1', 'gone'], ['2']] },
      new ScriptedCopier(({ key }) => (key === 'gone' ? failure('missing') : success)),
      state,
    )
    expect((await first.run()).summary).toMatchObject({ completed: 2, failed: 1, missing: 1 })

    const second = harness({ a: [['1', 'gone'], ['2']] }, undefined, state.reopen())
    const { summary } = await second.run()
    expect(second.manifests.opened).toEqual([])
    expect(second.copier.attempted).toEqual(['gone'])
    expect(summary).toMatchObject({ completed: 1, skipped: 2, failed: 0 })
    expect(state.failureRecords.size).toBe(0)
  })

  it('fails every manifest that names a failed object, and counts the later rows as skipped', async () => {
    const state = new MemoryState()
    const missing = new ScriptedCopier(() => failure('missing'))
    const first = harness({ a: [['x', 'x']], b: [['x']] }, missing, state)
    expect((await first.run()).summary).toMatchObject({ completed: 0, skipped: 2, failed: 1, missing: 1 })
    expect(state.failureRecords.size).toBe(3)

    const later = harness({ b: [['x']] }, undefined, state.reopen())
    expect((await later.run()).summary).toMatchObject({ completed: 1, skipped: 0, failed: 0 })
    expect(state.failureRecords.size).toBe(0)
  })

  it('retries transient failures up to maxAttempts, and once more at the end of the run', async () => {
    const h = harness(
      { a: [['flaky', 'dead', 'late']] },
      new ScriptedCopier(
        (() => {
          const seen = new Map<string, number>()
          return ({ key }) => {
            const n = (seen.get(key) ?? 0) + 1
            seen.set(key, n)
            if (key === 'flaky') return n < 3 ? failure('transient') : success
            if (key === 'late') return n < 5 ? failure('transient') : success
            return failure('transient')
          }
        })(),
      ),
    )
    const { summary } = await h.run()
    expect(summary).toMatchObject({ completed: 2, failed: 1, missing: 0 })
    expect(h.report.map((row) => [row.key, row.outcome]).sort()).toEqual([
      ['dead', 'failed'],
      ['flaky', 'copied'],
      ['late', 'copied'],
    ])
    expect(h.copier.attempted.filter((key) => key === 'dead')).toHaveLength(6)
  })

  it('does not count throttled attempts against an object', async () => {
    const h = harness({ a: [['x']] }, new ScriptedCopier((_, n) => (n <= 7 ? failure('throttle') : success)))
    const { summary } = await h.run()
    expect(summary).toMatchObject({ completed: 1, failed: 0 })
  })

  it('begins no more objects beside the limit than a throttling store could serve', async () => {
    const begun = new Set<string>()
    let refusals = 200
    const keys = Array.from({ length: 500 }, (_, i) => `k${i}`)
    const copier = new ScriptedCopier(({ key }) => {
      begun.add(key)
      return refusals-- > 0 ? failure('throttle') : success
    })
    const seen: number[] = []
    const h = harness({ a: [keys] }, copier, undefined, { maxOpenObjects: 1000, throttleBudgetMs: 60_000 })
    copier.onAttempt = () => {
      if (refusals > 0) seen.push(begun.size)
    }
    const { summary } = await h.run()
    expect(summary).toMatchObject({ completed: 500, failed: 0 })
    // The gate's limit is 4: twice as many, and sixteen.
    expect(Math.max(...seen)).toBeLessThanOrEqual(24)
  })

  it('does not retry a permanent failure', async () => {
    const h = harness({ a: [['x']] }, new ScriptedCopier(() => failure('permanent')))
    const { summary } = await h.run()
    expect(h.copier.attempted).toEqual(['x'])
    expect(summary).toMatchObject({ failed: 1, missing: 0 })
  })

  it('stops, and marks nothing, if a failure concerns the whole run', async () => {
    const h = harness(
      { a: [['1', '2', '3', '4', '5', '6', '7', '8', '9']] },
      new ScriptedCopier(() => failure('permanent', 'FATAL')),
    )
    const { summary, stoppedBy } = await h.run()
    expect(summary).toMatchObject({ completed: 0, failed: 0, interrupted: true })
    expect(stoppedBy).toMatchObject({ code: 'FATAL', reason: 'store' })
    expect(h.state.failureRecords.size).toBe(0)
  })

  it('rejects with an internal error of a port instead of hanging or hiding it', async () => {
    const h = harness(
      { a: [['1', '2', '3', '4', '5']] },
      new ScriptedCopier(() => {
        throw new TypeError('a defect')
      }),
    )
    await expect(h.run()).rejects.toThrow('a defect')
  })

  it('waits out an outage of an endpoint without failing an object', async () => {
    let down = 12
    const h = harness(
      { a: [['1', '2', '3', '4', '5']] },
      new ScriptedCopier(() => (down-- > 0 ? failure('transient', 'UNREACHABLE') : success)),
      undefined,
      { outage: { probeIntervalMs: 1 }, maxAttempts: 2 },
    )
    const { summary } = await h.run()
    expect(summary).toMatchObject({ completed: 5, failed: 0 })
    const codes = h.events.flatMap((event) => (event.type === 'warning' ? [event.code] : []))
    expect(codes).toEqual(['LAGOON_SYNC_OUTAGE', 'LAGOON_SYNC_OUTAGE_OVER'])
  })
})

describe('a stopped run', () => {
  it('starts no new key, finishes and records what is in flight, and the next run does the rest', async () => {
    const drain = new AbortController()
    const state = new MemoryState()
    const begun = deferred<void>()
    const go = deferred<void>()
    let inFlight = 0
    const copier = new ScriptedCopier(async () => {
      inFlight += 1
      if (inFlight === 4) begun.resolve()
      await go.promise
      return success
    })
    const keys = Array.from({ length: 50 }, (_, i) => `k${i}`)
    const h = harness({ a: [keys] }, copier, state, { drain: drain.signal })
    const running = h.run()
    await begun.promise
    drain.abort()
    go.resolve()
    const { summary } = await running
    expect(summary).toMatchObject({ completed: 4, failed: 0, interrupted: true })
    expect(state.completeKeys.size).toBe(4)

    const rest = harness({ a: [keys] }, undefined, state.reopen())
    expect((await rest.run()).summary).toMatchObject({ completed: 46, skipped: 4, interrupted: false })
    expect(rest.copier.attempted).toHaveLength(46)
  })

  it('ends as stopped, and not with an error, if the signal comes while manifests are listed', async () => {
    const drain = new AbortController()
    const h = harness({ a: [['1']] }, undefined, undefined, { drain: drain.signal })
    h.manifests.discover = async function* () {
      drain.abort()
      yield await Promise.reject(new DOMException('aborted', 'AbortError'))
    }
    const { summary, stoppedBy } = await h.run()
    expect(summary).toMatchObject({ completed: 0, interrupted: true })
    expect(stoppedBy).toBeNull()
  })

  it('records nothing for what is aborted', async () => {
    const abort = new AbortController()
    const begun = deferred<void>()
    const copier = new ScriptedCopier(async () => {
      begun.resolve()
      await new Promise<void>((resolve) => {
        if (abort.signal.aborted) resolve()
        abort.signal.addEventListener('abort', () => resolve(), { once: true })
      })
      return failure('aborted')
    })
    const h = harness({ a: [['1', '2', '3', '4', '5', '6']] }, copier, undefined, { abort: abort.signal })
    const running = h.run()
    await begun.promise
    abort.abort()
    const { summary } = await running
    expect(summary).toMatchObject({ completed: 0, failed: 0, interrupted: true })
    expect(h.state.completeKeys.size + h.state.failureRecords.size).toBe(0)
  })
})

describe('a dry run', () => {
  it('counts what would be copied, each key once, and copies and records nothing', async () => {
    const state = new MemoryState()
    await harness({ a: [['1', '2']] }, undefined, state).run()
    const before = state.completeKeys.size
    const h = harness(
      { a: [['1', '2']], b: [['2', '3', '4', '3', null]], c: [['4', '5']] },
      undefined,
      state.reopen(),
      {
        mode: { kind: 'plan', state, planned: new MemoryState() },
      },
    )
    const { summary } = await h.run()
    expect(summary).toMatchObject({ planned: 3, completed: 0, skipped: 5, failed: 1 })
    expect(h.copier.attempted).toEqual([])
    expect(state.completeKeys.size).toBe(before)
    expect(state.failureRecords.size).toBe(0)
  })
})

describe('with random manifests and stores', () => {
  it('completed + skipped + failed is the number of rows, run after run, and no key is copied twice', async () => {
    const key = fc.option(fc.integer({ min: 0, max: 12 }).map(String), { nil: null, freq: 12 })
    const manifest = fc.array(fc.array(key, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.constantFrom('a', 'b', 'c'), manifest, { minKeys: 1, noNullPrototype: true }),
        fc.array(fc.constantFrom('ok', 'ok', 'ok', 'missing', 'transient', 'throttle'), { minLength: 1 }),
        async (manifests, script) => {
          const state = new MemoryState()
          const copied = new Map<string, number>()
          let step = 0
          const copier = (): ScriptedCopier =>
            new ScriptedCopier(({ key: name }) => {
              const kind = script[step++ % script.length]!
              if (kind !== 'ok') return failure(kind as 'missing')
              copied.set(name, (copied.get(name) ?? 0) + 1)
              return success
            })
          for (let run = 0; run < 3; run += 1) {
            const h = harness(manifests, copier(), state.reopen(), { throttleBudgetMs: 0 })
            const { summary } = await h.run()
            expect(summary.completed + summary.skipped + summary.failed).toBe(rowsOf(manifests))
            expect(summary.missing).toBeLessThanOrEqual(summary.failed)
          }
          expect(Math.max(0, ...copied.values())).toBeLessThanOrEqual(1)
        },
      ),
      { numRuns: 150 },
    )
  })
})
