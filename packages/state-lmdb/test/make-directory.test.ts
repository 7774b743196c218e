import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { makeDirectory } from '../src/lmdb/make-directory.js'

let base: string
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'lagoon-make-directory-'))
})
afterEach(() => rmSync(base, { recursive: true }))

it('makes the directory and its parents, and accepts an existing one', () => {
  const deep = join(base, 'a/b/c')
  makeDirectory(deep)
  makeDirectory(deep)
  expect(existsSync(deep)).toBe(true)
})

it('throws if a parent is a file', () => {
  writeFileSync(join(base, 'file'), '')
  expect(() => makeDirectory(join(base, 'file/below'))).toThrow(/ENOTDIR/)
})

it.runIf(process.platform === 'linux')(
  'throws, without endless retries, if the kernel refuses entries',
  () => {
    expect(() => makeDirectory('/proc/lagoon/state')).toThrow(/ENOENT/)
  },
)
