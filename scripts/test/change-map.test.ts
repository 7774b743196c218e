import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const contributing = readFileSync(`${root}CONTRIBUTING.md`, 'utf8')
const [, map = ''] = contributing.split('## Where to change what')
const paths = [...map.split('\n## ')[0]!.matchAll(/`([^`\s]+\.ts)`/g)].map(([, path]) => path!)

test('the map of CONTRIBUTING has a row for each of the usual changes', () => {
  expect(paths.length).toBeGreaterThan(20)
})

test.each(paths)('%s exists, as the map of CONTRIBUTING says', (path) => {
  expect(existsSync(`${root}${path}`)).toBe(true)
})

const architecture = readFileSync(`${root}docs/architecture.md`, 'utf8')
const [, rules = ''] = architecture.split('## Twenty rules and their files')
const rows = [...rules.split('\n## ')[0]!.matchAll(/\| ([^|]+?) +\| `([^`]+\.ts)` +\| `([^`]+)` +\|/g)].map(
  ([, rule, path, name]) => [rule!, path!, name!] as const,
)

test('the architecture page names twenty rules, each in a file of its own', () => {
  expect(new Set(rows.map(([, path]) => path)).size).toBe(20)
})

test.each(rows)('%s: %s has %s', (_, path, name) => {
  expect(readFileSync(`${root}${path}`, 'utf8')).toContain(name)
})
