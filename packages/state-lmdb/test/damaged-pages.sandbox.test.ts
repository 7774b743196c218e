import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { failure, mulberry32, open, temporaryDirectory } from './helpers.js'

const PROGRAM = fileURLToPath(new URL('programs/use-all.js', import.meta.url))
const SEED = Number(process.env['LAGOON_STATE_DAMAGE_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const STATES = Number(process.env['LAGOON_STATE_DAMAGE_STATES'] ?? 40)
const PAGE = 4096
const KEYS = 3000

it(`a state with damaged pages is refused, or read as far as it is intact (LAGOON_STATE_DAMAGE_SEED=${SEED})`, async () => {
  const random = mulberry32(SEED)
  const root = temporaryDirectory()
  const whole = join(await usedState(), 'state.mdb')
  const directories = Array.from({ length: STATES }, (_, i) => join(root, `${i}`))
  for (const directory of directories) {
    mkdirSync(directory)
    copyFileSync(whole, join(directory, 'state.mdb'))
    damage(join(directory, 'state.mdb'), random)
  }
  const ends: string[] = []
  while (ends.length < STATES) {
    const left = directories.slice(ends.length)
    const { stdout, signal } = spawnSync(process.execPath, [PROGRAM, `${KEYS}`, ...left], {
      encoding: 'utf8',
    })
    ends.push(...stdout.split('\n').filter((line) => line !== ''))
    if (signal !== null) ends.push(`${signal} in ${directories[ends.length]}`)
  }
  // A damaged list of free pages can send a write far behind the end of the file, which looks like a full disk.
  const crashes = ends.filter((end) => end.startsWith('SIG') || end === 'LAGOON_STATE_DISK_FULL')
  expect(
    ends.filter((end) => end !== 'used' && end !== 'LAGOON_STATE_CORRUPT' && !crashes.includes(end)),
  ).toEqual([])
  // What LMDB trusts inside of pages can't all be foreseen: one state in a thousand still ends the process. Without the checks, one in six does.
  expect(crashes.length).toBeLessThanOrEqual(Math.max(1, STATES / 100))
}, 120_000)

/** A state with trees of some depth in most of its databases, closed. */
async function usedState(): Promise<string> {
  const directory = temporaryDirectory()
  const state = await open(directory)
  state.startRun({})
  for (let part = 0; part < 10; part++) {
    const manifest = { key: `manifest/${part}`, etag: 'e' }
    for (let i = part * 300; i < (part + 1) * 300; i++) {
      if (i % 7 === 0) state.fail(failure(i, `k${i % 1000}`, { manifest }))
      else state.complete(`k${i}`)
    }
    state.manifest(manifest).settleRowGroup(0, 300)
    state.uploads.put(`upload ${part}`, { part })
    await state.flush()
  }
  await state.finishRun({})
  await state.close()
  return directory
}

/** Flips bits, mostly in pages of trees; overwrites a sector; zeroes a page; or cuts the end. */
function damage(path: string, random: () => number): void {
  const bytes = readFileSync(path)
  const below = (end: number): number => Math.floor(random() * end)
  const pages = bytes.length / PAGE
  const trees = Array.from({ length: pages }, (_, page) => page).filter((page) => {
    return [1, 2, 8].includes(bytes.readUInt16LE(page * PAGE + 18))
  })
  const anyPage = (): number => (random() < 0.8 ? trees[below(trees.length)]! : below(pages)) * PAGE
  const kind = random()
  if (kind < 0.8) {
    for (let times = 1 + below(3); times > 0; times--) {
      // Headers and what stands behind them are where LMDB finds its way.
      const at = anyPage() + (random() < 0.5 ? below(64) : below(PAGE))
      bytes[at]! ^= 1 << below(8)
    }
  } else if (kind < 0.94) {
    const start = anyPage()
    bytes.fill(below(256), start, start + (random() < 0.5 ? 512 : PAGE))
  }
  writeFileSync(path, kind < 0.94 ? bytes : bytes.subarray(0, below(bytes.length)))
}
