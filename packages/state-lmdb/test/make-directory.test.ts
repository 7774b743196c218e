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

it('makes the directory and the ones above it, and takes one that is there', () => {
  const deep = join(base, 'a/b/c')
  makeDirectory(deep)
  makeDirectory(deep)
  expect(existsSync(deep)).toBe(true)
})

it('throws where something on the way is a file', () => {
  writeFileSync(join(base, 'file'), '')
  expect(() => makeDirectory(join(base, 'file/below'))).toThrow(/ENOTDIR/)
})

it.runIf(process.platform === 'linux')(
  'throws, and does not try for ever, where the kernel refuses entries',
  () => {
    expect(() => makeDirectory('/proc/lagoon/state')).toThrow(/ENOENT/)
  },
)
