import { expect, test } from 'vitest'
import { againstBaseline, micro } from '../src/commands/micro.js'
import { measureTask } from '../src/micro/measure-task.js'
import type { TableSection } from '../src/report/report.js'
import { summarize } from '../src/statistics.js'

const figures = (costs: Record<string, number>) =>
  Object.entries(costs).map(([name, ns]) => ({
    name,
    unit: 'key',
    operations: 10,
    cpuNs: summarize([ns])!,
    wallNs: summarize([ns * 2])!,
  }))

test('a task runs once to warm up and then as often as requested, and costs are per operation', async () => {
  let runs = 0
  const figure = await measureTask({ name: 'n', unit: 'u', operations: 4, run: () => void (runs += 1) }, 3)
  expect(runs).toBe(4)
  expect(figure).toMatchObject({
    name: 'n',
    unit: 'u',
    operations: 4,
    cpuNs: { count: 3 },
    wallNs: { count: 3 },
  })
})

test('figures are compared with those of the same name in the baseline, and slower ones are marked', () => {
  const now = figures({ read: 150, quick: 40, fresh: 5 })
  const ratios = againstBaseline(now, figures({ read: 100, quick: 50, gone: 1 }))
  expect(ratios).toEqual([
    { name: 'read', ratio: 1.5 },
    { name: 'quick', ratio: 0.8 },
    { name: 'fresh', ratio: null },
  ])
  const { headline, sections } = micro.describe({ figures: now, ratios })
  expect(headline).toBe('Slower than the baseline: read.')
  expect(sections[0]).toMatchObject({ header: expect.arrayContaining(['÷ baseline']) as string[] })
  expect((sections[0] as TableSection).rows.map((row) => row.at(-1))).toEqual(['1.50× slower', '0.80×', '–'])
})

test('figures within ten per cent of the baseline are not called slower', () => {
  const now = figures({ read: 109 })
  const ratios = againstBaseline(now, figures({ read: 100 }))
  expect(micro.describe({ figures: now, ratios }).headline).toContain('Nothing is slower')
})
