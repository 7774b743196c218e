import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createManifestWriter } from '../src/index.js'
import { makeDirectory } from '../src/make-directory.js'

it('makes a directory and its parents, and keeps an existing one', async () => {
  const above = mkdtempSync(join(tmpdir(), 'lagoon-manifest-'))
  onTestFinished(() => rmSync(above, { recursive: true }))
  const directory = join(above, 'a/b/c')
  await makeDirectory(directory)
  await makeDirectory(directory)
  expect(existsSync(directory)).toBe(true)
})

it.runIf(existsSync('/proc/self'))('an impossible directory is refused without hanging', async () => {
  await expect(createManifestWriter({ directory: '/proc/no-such/place' })).rejects.toMatchObject({
    code: 'LAGOON_MANIFEST_UNWRITABLE',
  })
})
