import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { candidatesFor, lawDefaults, differingFlags, flagsOf, nameOf } from '../src/tuning/candidates.js'
import { openCheckpoint } from '../src/tuning/checkpoint.js'
import { chooseForConfirmation, realCandidates } from '../src/tuning/choose.js'
import { describeCurve } from '../src/tuning/curve.js'
import { fitBackend, type FittedBackend, type LoadProbe } from '../src/tuning/fit-backend.js'
import { simulateCandidates, type Score } from '../src/tuning/simulate-candidates.js'
import { besideDefaults, verdict, type Confirmed } from '../src/tuning/verdict.js'

const probe = (
  concurrency: number,
  objectsPerSecond: number,
  figures: Partial<LoadProbe> = {},
): LoadProbe => ({
  concurrency,
  objectsPerSecond,
  bytesPerSecond: objectsPerSecond * 1000,
  p50Ms: 50,
  p90Ms: 60,
  throttledShare: 0,
  ...figures,
})

describe('the fit', () => {
  test('takes the base time from the lowest concurrency and the knee from the best goodput', () => {
    const probes = [probe(256, 2000, { p50Ms: 130 }), probe(4, 80), probe(64, 1280)]
    expect(fitBackend(probes, 1000)).toMatchObject({
      latencyMs: 50,
      knee: 100,
      thrash: 0,
      wallPerSecond: null,
    })
  })

  test('distinguishes a store that collapses under overload from one that only queues', () => {
    const { knee, thrash } = fitBackend([probe(4, 80), probe(64, 1000), probe(256, 500)], 1000)
    expect(knee).toBe(50)
    // At 256 in flight capacity is halved: 1 + thrash × (256 ÷ 50 − 1) = 2.
    expect(thrash * (256 / 50 - 1)).toBeCloseTo(1, 10)
  })

  test('ignores a probe that copied nothing', () => {
    const { latencyMs, knee } = fitBackend([probe(4, 0, { p50Ms: null, p90Ms: null }), probe(16, 320)], 1000)
    expect([latencyMs, knee]).toEqual([50, 16])
  })

  test('interprets refusals as a rate limit', () => {
    const fitted = fitBackend([probe(4, 80), probe(64, 300, { throttledShare: 0.4 })], 1000)
    expect(fitted).toMatchObject({ wallPerSecond: 300, thrash: 0 })
  })
})

describe('candidates', () => {
  const fitted: FittedBackend = {
    latencyMs: 50,
    noise: 0.1,
    knee: 100,
    thrash: 0,
    wallPerSecond: null,
    objectBytes: 1000,
  }

  test('are the defaults and possible flags around the knee, each once', () => {
    const candidates = candidatesFor(fitted)
    expect(candidates[0]).toEqual(lawDefaults)
    expect(flagsOf(lawDefaults)).toEqual([])
    expect(new Set(candidates.map(nameOf)).size).toBe(candidates.length)
    expect(candidates.every(({ minConcurrency, maxConcurrency }) => minConcurrency <= maxConcurrency)).toBe(
      true,
    )
  })

  test('are simulated deterministically, and nothing on the front is beaten', async () => {
    const candidates = candidatesFor(fitted).slice(0, 8)
    const scores = await simulateCandidates(candidates, fitted, { minutes: 2, seeds: 2 })
    expect(await simulateCandidates(candidates, fitted, { minutes: 2, seeds: 2 })).toEqual(scores)
    const front = scores.filter((score) => score.front)
    expect(front.length).toBeGreaterThan(0)
    for (const one of front) {
      expect(scores.some((other) => other.goodput > one.goodput && other.load < one.load)).toBe(false)
    }
  })

  test('for confirmation: goodput first, then less load among equals, never the defaults themselves', () => {
    const score = (name: string, goodput: number, load: number): Score => ({
      candidate: lawDefaults,
      name,
      goodput,
      load,
      throttled: 0,
      front: true,
    })
    const scores = [
      score('heavy', 0.991, 3),
      score('light', 0.99, 1),
      score('slow', 0.8, 0.5),
      score('defaults', 1, 1),
    ]
    expect(chooseForConfirmation(scores.slice(0, 3), 2).map(({ name }) => name)).toEqual(['light', 'heavy'])
    expect(chooseForConfirmation(scores, 9).map(({ name }) => name)).not.toContain('defaults')
  })
})

describe('the candidates for real runs', () => {
  const candidates = candidatesFor({
    latencyMs: 50,
    noise: 0.1,
    knee: 100,
    thrash: 0,
    wallPerSecond: null,
    objectBytes: 1000,
  })
  const scores = candidates.map((candidate, index): Score => ({
    candidate,
    name: nameOf(candidate),
    goodput: 0.99,
    load: index,
    throttled: 0,
    front: true,
  }))

  test('differ from each other in more than one flag', () => {
    const chosen = chooseForConfirmation(scores, 3).map(({ candidate }) => candidate)
    const pairs = chosen.flatMap((one, at) => chosen.slice(at + 1).map((other) => differingFlags(one, other)))
    expect(pairs).toHaveLength(3)
    expect(Math.min(...pairs)).toBeGreaterThan(1)
  })

  test("are the curve's fixed number, the best of the simulation, and threads if there are processors", () => {
    const [fixed, bounds, threads, ...rest] = realCandidates(scores, { count: 3, enough: 64, processors: 2 })
    expect(flagsOf(fixed!)).toEqual(['--concurrency', '64'])
    expect(flagsOf(bounds!)).not.toContain('--threads')
    expect(flagsOf(threads!)).toEqual(expect.arrayContaining(['--threads', '2']))
    expect(rest).toEqual([])
    expect(realCandidates(scores, { count: 3, enough: 64, processors: 1 }).flatMap(flagsOf)).not.toContain(
      '--threads',
    )
  })
})

describe('the curve in words', () => {
  test('names the lowest concurrency with nearly all goodput, and what more costs', () => {
    const probes = [
      probe(4, 80),
      probe(16, 320),
      probe(64, 970, { p50Ms: 52 }),
      probe(256, 1000, { p50Ms: 210 }),
    ]
    expect(describeCurve(probes)).toBe(
      '64 in flight gives 97 % of the best, which is 1,000 objects per second; 256 only adds latency (an object takes 210 ms instead of 52 ms).',
    )
  })

  test('says what is lost or refused beyond', () => {
    expect(describeCurve([probe(16, 1000), probe(64, 500)])).toBe(
      '16 in flight gives the most, 1,000 objects per second; 64 loses 50 %.',
    )
    expect(describeCurve([probe(16, 1000), probe(64, 990, { throttledShare: 0.12 })])).toContain(
      'at 64 the stores refuse 12 % of the requests',
    )
  })

  test('asks for higher concurrencies if the highest was the fastest', () => {
    expect(describeCurve([probe(4, 80), probe(16, 320)])).toContain('more may give more (--probes)')
    expect(describeCurve([probe(4, 0)])).toBe('No probe copied anything.')
  })
})

describe('the verdict', () => {
  const run = (name: string, objectsPerSecond: number[]): Confirmed => ({
    name,
    flags: ['--flag', name],
    objectsPerSecond,
    throttledShare: 0,
  })

  test('names the flags of the best, and their gain', () => {
    const result = verdict([run('defaults', [100, 100]), run('a', [105, 106]), run('b', [110, 112])], null)
    expect(result).toMatchObject({ flags: ['--flag', 'b'], gain: expect.closeTo(0.11, 10) as number })
    expect(result.reason).toContain('--flag b: 11 % more')
  })

  test('keeps the defaults if a gain is only noise', () => {
    const noise = verdict([run('defaults', [100]), run('a', [101])], null)
    expect(noise.flags).toEqual([])
    expect(noise.reason).toContain('leave them')
  })

  test('shows no gain if it keeps the defaults, even if a median is far above them', () => {
    const own = run('defaults', [100, 100, 100])
    const wild = run('a', [90, 177, 180])
    const { flags, gain, reason } = verdict([own, wild], null)
    expect([flags, gain]).toEqual([[], 0])
    expect(reason).toMatch(/^Leave the lawDefaults: a was faster in some runs/)
    expect(`${reason} ${besideDefaults(wild, own)}`).not.toMatch(/77/)
    expect(besideDefaults(wild, own)).toBe('not clear (0.90 … 1.80)')
    expect(besideDefaults(run('b', [110, 120, 130]), own)).toBe('1.20 × (1.10 … 1.30)')
  })

  test('is void if other work kept the machine busy, whatever the figures are', () => {
    const { flags, reason, isVoid } = verdict([run('defaults', [100, 100]), run('b', [200, 200])], 0.4)
    expect(flags).toEqual([])
    expect(isVoid).toBe(true)
    expect(reason).toMatch(/void: other work took 40 % of the processors/)
  })
})

describe('a checkpoint', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lagoon-bench-test-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  test('returns the stored results of finished steps, and computes only the others', async () => {
    const path = join(folder, 'tune.json')
    const first = await openCheckpoint(path, { probes: [4] }, false)
    expect(await first.step('one', async () => 1)).toBe(1)
    await expect(first.step('two', () => Promise.reject(new Error('stopped')))).rejects.toThrow('stopped')
    const second = await openCheckpoint(path, { probes: [4] }, true)
    expect(second.resumed).toBe(1)
    expect(await second.step('one', () => Promise.reject(new Error('again')))).toBe(1)
    expect(await second.step('two', async () => 2)).toBe(2)
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ steps: { one: 1, two: 2 } })
  })

  test('is refused if it is missing, damaged, or belongs to other options', async () => {
    const path = join(folder, 'tune.json')
    const refused = { code: 'LAGOON_BENCH_BASELINE' }
    await expect(openCheckpoint(path, {}, true)).rejects.toMatchObject(refused)
    await (await openCheckpoint(path, { probes: [4] }, false)).step('one', async () => 1)
    await expect(openCheckpoint(path, { probes: [8] }, true)).rejects.toMatchObject(refused)
    await writeFile(path, '[]')
    await expect(openCheckpoint(path, {}, true)).rejects.toMatchObject(refused)
  })
})
