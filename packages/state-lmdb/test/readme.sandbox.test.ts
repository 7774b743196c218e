import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { temporaryDirectory } from './helpers.js'

const PACKAGE = fileURLToPath(new URL('..', import.meta.url))

it('the example of the README runs and prints the documented output', () => {
  const [, example] = /```js\n([^]*?)```/.exec(readFileSync(join(PACKAGE, 'README.md'), 'utf8'))!
  const code = example!.replace("'data'", JSON.stringify(join(temporaryDirectory(), 'data')))
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: PACKAGE,
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  expect(stdout.trim()).toBe('{ complete: 2, failed: 0, manifestsFinished: 1 }')
})
