import { expect, test } from 'vitest'
import { againstBaseline, type MicroResult } from '../src/commands/micro.js'
import { measureTask } from '../src/micro/measure-task.js'
import { microTable } from '../src/micro/tables.js'
import { microPage } from '../src/report/micro-page.js'
import { summarize } from '../src/statistics.js'
import { copyResult } from './samples.js'

const result = (figures: Record<string, number>): MicroResult => ({
  kind: 'micro',
  command: 'npx -y pnpm@12 bench micro',
  environment: copyResult().environment,
  durationMs: 1,
  figures: Object.entries(figures).map(([name, ns]) => ({
    name,
    unit: 'key',
    operations: 10,
    cpuNs: summarize([ns])!,
    wallNs: summarize([ns * 2])!,
  })),
})

test('a task runs once to warm up and then as often as asked, and costs are per operation', async () => {
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

test('figures are set beside those of the same name in the baseline', () => {
  const ratios = againstBaseline(result({ read: 150, fresh: 5 }), result({ read: 100, gone: 1 }))
  expect(ratios).toEqual([
    { name: 'read', ratio: 1.5 },
    { name: 'fresh', ratio: null },
  ])
  const { header, rows } = microTable(result({ read: 150, fresh: 5 }).figures, ratios)
  expect(header.at(-1)).toBe('÷ baseline')
  expect(rows.map((row) => row.at(-1))).toEqual(['1.50×', '–'])
})

test('the report names what became slower', () => {
  const ratios = [{ name: 'read', ratio: 1.5 }]
  expect(microPage(result({ read: 150 }), ratios).lead).toContain('read')
  expect(microPage(result({ read: 150 }), [{ name: 'read', ratio: 1 }]).lead).toContain('nothing')
})
