import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TracePoint } from '@lagoon/aimd/simulator'
import { expect, test } from 'vitest'
import { judge, overall } from '../src/simulation/judge.js'
import { parseLaw, readLaw } from '../src/simulation/laws.js'
import { gridOf, resample } from '../src/simulation/resample.js'

test('a law is a preset, optionally with options', () => {
  expect(parseLaw('seed')).toEqual({ preset: 'seed', options: {} })
  expect(parseLaw('adaptive:intervalMs=1000,decreaseFactor=0.9')).toEqual({
    preset: 'adaptive',
    options: { intervalMs: 1000, decreaseFactor: 0.9 },
  })
})

test.each([
  'fast',
  'adaptive:speed=3',
  'adaptive:intervalMs',
  'adaptive:decreaseFactor=2',
  './no-such-law.js',
])('the law "%s" is refused as wrong usage', async (text) => {
  await expect(readLaw(text)).rejects.toMatchObject({ code: 'LAGOON_BENCH_USAGE' })
})

test('a law may come from a module', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lagoon-bench-test-'))
  const file = join(folder, 'law.mjs')
  const fixed = `({ limit: 32, intervalMs: 1000, update: () => ({ action: 'hold', reason: 'fixed' }) })`
  await writeFile(file, `export default () => ${fixed}`)
  const law = await readLaw(file)
  expect(law.create().limit).toBe(32)
  const [score] = await judge({ laws: [law], families: ['queueing'], seeds: [1] })
  expect(score!.goodput.median).toBeGreaterThan(0)
  await rm(folder, { recursive: true })
})

test('the same laws over the same scenarios give the same scores', async () => {
  const laws = [await readLaw('adaptive'), await readLaw('seed')]
  const options = { laws, families: ['queueing', 'rate wall'], seeds: [1, 2, 3] }
  const scores = await judge(options)
  expect(await judge(options)).toEqual(scores)
  expect(scores.map(({ family, law }) => `${family}/${law}`)).toEqual([
    'queueing/adaptive',
    'queueing/seed',
    'rate wall/adaptive',
    'rate wall/seed',
  ])
  const [adaptive] = overall(scores)
  const own = scores.filter(({ law }) => law === 'adaptive').map(({ goodput }) => goodput.median)
  expect(adaptive!.lowestGoodput).toBe(Math.min(...own))
})

test('a trace is resampled with the latest window of each instance, added up', () => {
  const point = (timeMs: number, instance: number, limit: number): TracePoint => ({
    timeMs,
    instance,
    limit,
    inFlight: limit,
    objectsPerSecond: limit * 10,
    oraclePerSecond: 500,
    knee: 50,
    throttled: 0,
    action: 'hold',
    reason: '',
  })
  const trace = [point(10, 0, 16), point(20, 1, 8), point(30, 0, 32)]
  expect(resample(trace, [5, 10, 25, 40])).toEqual({
    limit: [null, 16, 24, 40],
    objectsPerSecond: [null, 160, 240, 400],
    knee: [null, 50, 50, 50],
    oraclePerSecond: [null, 500, 500, 500],
  })
  expect(gridOf(100, 4)).toEqual([25, 50, 75, 100])
})
