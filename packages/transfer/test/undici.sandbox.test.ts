import { execFileSync } from 'node:child_process'
import * as undici from 'undici'
import { expect, it } from 'vitest'
import { buildConnector } from '../src/http1/connect.js'

it('takes from inside of undici what its package exports', () => {
  expect(buildConnector).toBe(undici.buildConnector)
})

it('loads nothing of undici that a copy does not need', () => {
  const program = `
    const { createCopier } = await import('@lagoon/transfer')
    const side = { endpointUrl: 'http://127.0.0.1:1', region: 'r', proxy: 'none', credentials: { accessKeyId: 'a', secretAccessKey: 's' } }
    const copier = createCopier({ source: { ...side, bucket: 'a' }, destination: { ...side, bucket: 'b' } })
    await copier.close()
    const { Module } = await import('node:module')
    const loaded = Object.keys(Module._cache).filter((path) => path.includes('/undici/'))
    console.log(JSON.stringify(loaded.map((path) => path.replace(/.*\\/undici\\//, ''))))`
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  })
  const loaded = JSON.parse(output) as string[]
  expect(loaded).toContain('lib/core/connect.js')
  expect(
    loaded.filter((path) => /^index|\/(web|mock|cache|interceptor|api|dispatcher|llhttp)\//.test(path)),
  ).toEqual([])
})
