import { expect, test } from 'vitest'
import { engineShare, kneeOf, scaleOutReport, type TwoSizes } from '../src/queue/report.js'
import type { WorkersSample } from '../src/queue/run-workers.js'
import { sceneOf } from '../src/queue/scenes.js'
import { jainOf, settledOf } from '../src/queue/settled.js'
import { readWorker, resumedAfter } from '../src/queue/worker-events.js'
import { renderText } from '../src/report/text.js'

const at = (seconds: number): string => new Date(1_800_000_000_000 + seconds * 1000).toISOString()

/** A worker that copies at a constant rate from `from` to `to`. */
function working(from: number, to: number, perSecond: number, inFlight: number) {
  const lines = []
  for (let second = from; second <= to; second += 1) {
    const completed = (second - from) * perSecond
    lines.push(JSON.stringify({ type: 'progress', time: at(second), completed, inFlight }))
  }
  return readWorker(['not an event', ...lines].join('\n'))
}

function sample(figures: Partial<WorkersSample>): WorkersSample {
  return {
    wallMs: 10_000,
    cpuMs: null,
    objects: 1000,
    objectsPerSecond: 100,
    settled: null,
    resumedAfterMs: null,
    failure: null,
    ...figures,
  }
}

test("Jain's index is 1 for equal rates and 1/n where one has everything", () => {
  expect(jainOf([5, 5, 5, 5])).toBe(1)
  expect(jainOf([7, 0, 0, 0])).toBe(0.25)
  expect(jainOf([1, 3])).toBeCloseTo(0.8)
})

test('settled figures are of the time in which all workers have work', () => {
  const settled = settledOf([working(0, 100, 10, 8), working(4, 90, 30, 24)], 6000)
  expect(settled).toMatchObject({ objectsPerSecond: 40, inFlight: 32, jain: jainOf([10, 30]) })
  // From six seconds after the later one until the earlier end has a tenth left.
  expect(settled!.seconds).toBe(82 - 10)
  expect(settledOf([working(0, 8, 10, 8)], 6000)).toBeNull()
  expect(settledOf([readWorker('')], 0)).toBeNull()
})

test('a dead worker is replaced when others hold all its items', () => {
  const events = (...items: [seconds: number, status: string, item: string][]) =>
    readWorker(
      items
        .map(([seconds, status, item]) => JSON.stringify({ type: 'item', time: at(seconds), status, item }))
        .join('\n'),
    )
  const dead = events(
    [1, 'claimed', 'a'],
    [2, 'done', 'a'],
    [2, 'claimed', 'b'],
    [3, 'split', 'b'],
    [4, 'claimed', 'c'],
  )
  const others = [events([1, 'claimed', 'c'], [9, 'claimed', 'b']), events([11, 'claimed', 'c'])]
  const killedAtMs = Date.parse(at(5))
  expect(resumedAfter(dead, others, killedAtMs)).toBe(6000)
  expect(resumedAfter(dead, [others[0]!], killedAtMs)).toBe(Infinity)
  expect(resumedAfter(events([1, 'claimed', 'a'], [2, 'done', 'a']), others, killedAtMs)).toBeNull()
})

test('the knee is counted in objects of a GET and a PUT, whose latency takes up no place', () => {
  expect(kneeOf({ latencyMs: 20, knee: { concurrency: 20, serviceMs: 100 } })).toBeCloseTo(48)
  expect(kneeOf({ knee: { concurrency: 20 } })).toBe(40)
  expect(kneeOf({ latencyMs: 20 })).toBeNull()
})

test.each([
  ['straggler', [20, 20, 20, 2], 1000],
  ['late', [20, 20, 20, 20], 15_500 / 30 + 15_500 / 40],
] as const)('the ideal time with a %s is that of what its workers can do', (name, inFlight, idealMs) => {
  const scene = sceneOf(name, 4, 20)
  expect(scene.team.map(({ concurrency }) => concurrency)).toEqual(inFlight)
  expect(scene.idealMs(31, 10)).toBeCloseTo(idealMs)
})

test('the share of a queue is what a worker takes more than a process without one, round by round', () => {
  // The start of a process, 500 ms here, is in both and cancels.
  const cpu = (...all: number[]) =>
    all.map((cpuMs): TwoSizes => {
      const once = sample({ cpuMs: 500 + cpuMs, objects: 1000 })
      return [once, sample({ cpuMs: 500 + 2 * cpuMs, objects: 2000 })]
    })
  expect(engineShare({ queue: cpu(100, 200, 400), alone: cpu(99, 190, 396) })).toBeCloseTo(0.01)
  expect(engineShare(null)).toBeNull()
})

test('the report sets goodput beside one controller, in flight beside the knee, and says how fair it was', () => {
  const settled = { seconds: 20, objectsPerSecond: 98, inFlight: 60, jain: 0.987 }
  const report = scaleOutReport({
    knee: 48,
    series: [
      {
        workers: 1,
        samples: [sample({ settled: { ...settled, objectsPerSecond: 100, inFlight: 48, jain: 1 } })],
      },
      { workers: 4, samples: [sample({ objectsPerSecond: 95, settled })] },
    ],
    scenes: [{ name: 'death', title: 'one dies', samples: [sample({ resumedAfterMs: 5200 })], ofIdeal: [] }],
    processor: null,
  })
  const text = renderText(report, '')
  expect(text).toContain('4 workers copy 0.95× as many objects per second as 1')
  expect(text).toContain('its rows are in other hands after 5.20 s')
  expect(text).toMatch(/\| 4 .*0\.98×.*1\.25×.*0\.987/)
})
