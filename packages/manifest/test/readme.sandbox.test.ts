import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import * as manifest from '../src/index.js'

const PACKAGE = fileURLToPath(new URL('..', import.meta.url))

test('the first example of the README runs unchanged', async () => {
  const readme = await readFile(`${PACKAGE}README.md`, 'utf8')
  const example = /```js\n([\s\S]*?)```/.exec(readme)![1]!
  const run = promisify(execFile)
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', example], { cwd: PACKAGE })
  expect(stdout).toContain('2 rows, 3000 bytes')
  expect(stdout).toContain("'raw/2024/a.bin'")
})

test('the package exports these names and no others', () => {
  expect(Object.keys(manifest).sort()).toEqual([
    'LIST_GROUP_ROWS',
    'ManifestError',
    'checkRowFilter',
    'createManifestWriter',
    'createReportBuffer',
    'createReportWriter',
    'discoverManifests',
    'fileSource',
    'inspectManifest',
    'localInventory',
    'localManifest',
    'objectSource',
    'openInventory',
    'openKeyList',
    'openManifest',
    'openStream',
    'sortRows',
    'streamSource',
    'suggestPrefixes',
  ])
})

test('every code of an error is in the README', async () => {
  const readme = await readFile(`${PACKAGE}README.md`, 'utf8')
  const sources = await Promise.all(
    ['errors.ts', 'rows/key-rules.ts'].map((name) => readFile(`${PACKAGE}src/${name}`, 'utf8')),
  )
  const codes = new Set(sources.join('').match(/LAGOON_MANIFEST_[A-Z0-9_]+/g))
  expect(codes.size).toBeGreaterThan(25)
  for (const code of codes) expect(readme).toContain(code.slice('LAGOON_MANIFEST'.length))
})
