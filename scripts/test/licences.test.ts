import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { billOfMaterials, licencesOf } from '../write-sbom.js'

const PERMISSIVE = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
  'Unlicense',
])

const bill = billOfMaterials()

test('everything that is installed with the CLI has a permissive licence', () => {
  const others = [...licencesOf(bill)]
    .filter(([licence]) => !PERMISSIVE.has(licence))
    .flatMap(([licence, names]) => names.map((name) => ({ licence, name })))
  expect(others).toEqual([])
})

test('the bill of materials lists every runtime dependency of the CLI with its hash', () => {
  const cli = new URL('../../apps/cli/package.json', import.meta.url)
  const { dependencies } = JSON.parse(readFileSync(cli, 'utf8')) as { dependencies: Record<string, string> }
  const components = bill.components as { group?: string; name: string; externalReferences?: object[] }[]
  const listed = components.map(({ group, name }) => (group ? `${group}/${name}` : name))
  expect(listed).toEqual(expect.arrayContaining(Object.keys(dependencies)))
  const lmdb = components.find(({ name }) => name === 'lmdb')
  expect(JSON.stringify(lmdb?.externalReferences)).toContain('SHA-512')
})
