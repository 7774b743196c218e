import type { SyncEvent } from '@lagoon/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createProgressModel, estimateRemaining, updateProgressModel } from '../src/output/progress-model.js'
import { renderLine, renderLive } from '../src/output/render-progress.js'
import { createStyle } from '../src/text/style.js'
import { progressEvent as progress } from './support/progress-event.js'

const plain = createStyle(false)

const modelOf = (...events: SyncEvent[]) => {
  const model = createProgressModel()
  model.running = true
  for (const event of events) updateProgressModel(model, event)
  return model
}

const running = () =>
  modelOf(
    { type: 'start', run: 1, source: 'a', destination: 'b', dataDir: 'data', dryRun: false },
    { type: 'totals', manifests: 4, rows: 2000, bytes: 64_000_000, final: true },
    { type: 'manifest', status: 'opened', key: 'm/1', rows: 500 },
    { type: 'manifest', status: 'completed', key: 'm/1', rows: 500 },
    { type: 'decision', action: 'increase', limit: 32, previous: 16, reason: 'goodput rose' },
    progress({ manifests: { completed: 1, skipped: 0, failed: 0 } }),
  )

test('the display shows objects, bytes and manifests against their totals, rates, and the controller', () => {
  expect(renderLive(running(), 120, plain).split('\n')).toEqual([
    ' 42 % ━━━━━━━━━━──────────────  850 of 2,000 objects · 25.6 MB of ~62.4 MB · 50 already complete · 1 of 4 manifests',
    '1,024 objects/s · 32.0 MB/s · 12 s elapsed',
    'concurrency 32, 30 in flight · last increase: goodput rose',
  ])
})

test('a waiting watch shows until when', () => {
  const until = new Date(2026, 0, 31, 12, 34, 56).toISOString()
  const lines = renderLive(modelOf(progress({ waitingUntil: until })), 120, plain).split('\n')
  expect(lines).toContain('waiting for new manifests · next scan at 12:34:56')
})

test('a paused run is shown as paused, on the screen and in lines', () => {
  const model = modelOf(progress({ paused: true }))
  expect(renderLive(model, 120, plain).split('\n')).toContain('paused; run `lagoon ctl resume` to continue')
  expect(renderLine(model)).toMatch(/^paused · /)
})

test('totals that still grow are marked', () => {
  const model = modelOf({ type: 'totals', manifests: 1, rows: 2000, bytes: null, final: false }, progress())
  expect(renderLine(model)).toContain(
    '850 of 2,000+ objects · 25.6 MB · 50 already complete · 0 of 1+ manifests',
  )
})

test('failures are counted by their codes, the most frequent first', () => {
  const failure = (code: string): SyncEvent => ({
    type: 'failure',
    key: 'k',
    manifest: 'm',
    row: 1,
    class: 'missing',
    code,
    message: '',
    attempts: 1,
  })
  const model = modelOf(
    failure('AccessDenied'),
    failure('NoSuchKey'),
    failure('NoSuchKey'),
    progress({ failed: 3 }),
  )
  expect(renderLine(model)).toContain('3 failures: 2 NoSuchKey, 1 AccessDenied')
})

test('a stop is announced, with the effect of a second signal', () => {
  const model = modelOf(progress(), {
    type: 'stopping',
    reason: 'stopping: finishing what is in flight',
  })
  expect(renderLive(model, 100, plain)).toContain(
    'stopping: finishing what is in flight · a second signal aborts',
  )
})

test('a dry run shows what there is to copy', () => {
  const model = modelOf(
    { type: 'start', run: 1, source: 'a', destination: 'b', dataDir: 'd', dryRun: true },
    progress({ completed: 0, planned: 700 }),
  )
  expect(renderLine(model)).toContain('750 of 2,000+ objects · 700 to copy')
})

test('before the first figures there is a line, too, and before the run none', () => {
  expect(renderLive(modelOf(), 80, plain)).toBe('reading manifests …')
  expect(renderLive(createProgressModel(), 80, plain)).toBe('')
})

test('a second run starts with its own figures', () => {
  const model = running()
  updateProgressModel(model, {
    type: 'start',
    run: 1,
    source: 'a',
    destination: 'b',
    dataDir: 'data',
    dryRun: false,
  })
  expect(model).toEqual({ ...createProgressModel(), running: true })
})

test('no line is wider than the terminal, however narrow', () => {
  const model = running()
  updateProgressModel(model, { type: 'stopping', reason: 'SIGTERM' })
  updateProgressModel(model, progress({ failed: 12, throttled: 4 }))
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), (width) => {
      for (const line of renderLive(model, width, plain).split('\n'))
        expect(line.length).toBeLessThanOrEqual(width)
    }),
  )
})

test('escape codes appear only where colours are wanted', () => {
  expect(renderLive(running(), 100, plain)).not.toContain('\u001b')
  expect(renderLive(running(), 100, createStyle(true))).toContain('\u001b[36m')
})

test('the estimate is exact at a steady rate, and a range otherwise', () => {
  const at = (second: number, completed: number) =>
    progress({ skipped: 0, completed, durationMs: 1000 * second })
  const steady = modelOf(at(1, 100), at(2, 200), at(3, 300), at(4, 400))
  expect(estimateRemaining(steady)).toEqual({ earliestMs: 16_000, latestMs: 16_000 })
  const uneven = estimateRemaining(modelOf(at(1, 100), at(2, 250), at(3, 300), at(4, 400)))!
  expect(uneven.earliestMs).toBeLessThan(16_000)
  expect(uneven.latestMs).toBeGreaterThan(16_000)
})

test('there is no estimate without data: too few figures, an unknown total, a standstill', () => {
  const at = (second: number, completed: number, rows: number | null = 2000) =>
    progress({ skipped: 0, completed, durationMs: 1000 * second, rows })
  expect(estimateRemaining(modelOf(at(1, 100), at(2, 200)))).toBeUndefined()
  expect(
    estimateRemaining(modelOf(at(1, 1, null), at(2, 2, null), at(3, 3, null), at(4, 4, null))),
  ).toBeUndefined()
  expect(estimateRemaining(modelOf(at(1, 5), at(2, 5), at(3, 5), at(4, 5)))).toBeUndefined()
})

test('rows that were complete before do not distort the estimate', () => {
  const at = (second: number, skipped: number, completed: number) =>
    progress({ skipped, completed, rows: 3000, durationMs: 1000 * second })
  const model = modelOf(at(1, 1000, 100), at(2, 2000, 200), at(3, 2000, 300), at(4, 2000, 400))
  expect(estimateRemaining(model)).toEqual({ earliestMs: 6000, latestMs: 6000 })
})

const steadily = () =>
  [1, 2, 3, 4].map((second) => progress({ skipped: 0, completed: 100 * second, durationMs: 1000 * second }))

test('an estimate of a growing total is a lower bound', () => {
  const totals = (final: boolean): SyncEvent => ({
    type: 'totals',
    manifests: 1,
    rows: 2000,
    bytes: null,
    final,
  })
  expect(renderLine(modelOf(totals(true), ...steadily()))).toContain('· ETA 16 s ·')
  expect(renderLine(modelOf(totals(false), ...steadily()))).toContain('· ETA at least 16 s ·')
})

test('a pause is shown, and does not extend the estimate', () => {
  const paused = [5, 6, 7].map((second) =>
    progress({ skipped: 0, completed: 400, durationMs: 1000 * second, paused: true }),
  )
  const model = modelOf(...steadily(), ...paused)
  expect(renderLine(model)).toContain('· paused · concurrency 32')
  expect(estimateRemaining(model)).toEqual({ earliestMs: 16_000, latestMs: 16_000 })
})

test('a line that does not fit shows the beginning of its last part', () => {
  const decision: SyncEvent = {
    type: 'decision',
    action: 'decrease',
    limit: 8,
    previous: 16,
    reason: '12 % throttled at 16',
  }
  const control = (width: number) => renderLive(modelOf(decision, progress()), width, plain).split('\n')[2]
  expect(control(120)).toBe('concurrency 32, 30 in flight · last decrease: 12 % throttled at 16')
  expect(control(60)).toBe('concurrency 32, 30 in flight · last decrease: 12 % throttle…')
  expect(control(36)).toBe('concurrency 32, 30 in flight')
  expect(control(20)).toBe('concurrency 32, 30…')
})
