import { execFileSync, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { openState } from '../src/index.js'
import { IDENTITY, open, temporaryDirectory } from './helpers.js'

const PROGRAM = fileURLToPath(new URL('programs/until-full.js', import.meta.url))

interface Outcome {
  said: number
  durable: number
  rejected: string | null
  errors: string[]
  seen: number[]
  closed: string | null
}

const mounts: string[] = []

afterEach(() => {
  for (const mount of mounts.splice(0)) execFileSync('umount', ['-l', mount])
})

/** A file system of a few megabytes, where this user may make one. */
function mountSmallDisk(): string | null {
  const directory = temporaryDirectory()
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', directory], {
    stdio: 'ignore',
  })
  if (status !== 0) return null
  mounts.push(directory)
  return directory
}

function runUntilFull(directory: string, shell: string): Outcome {
  const command = `${shell} exec "$0" "$1" "$2"`
  const { stdout } = spawnSync('sh', ['-c', command, process.execPath, PROGRAM, directory], {
    encoding: 'utf8',
  })
  return JSON.parse(stdout) as Outcome
}

/** The state is what the last commit made it: every flushed key, and no other. */
async function expectIntact(directory: string, { said, durable }: Outcome): Promise<void> {
  const state = await open(directory)
  const keys = Array.from({ length: said }, (_, i) => `key ${i}`)
  const complete = state.lookup(keys)
  expect(complete.subarray(0, durable).every((answer) => answer === 1)).toBe(true)
  expect(state.counts().complete).toBe(complete.reduce((sum, answer) => sum + answer, 0))
}

describe('invariant 9: a failed commit keeps the last one', () => {
  it('on a disk that fills up: LAGOON_STATE_DISK_FULL, reported once, nothing flushed is lost', async ({
    skip,
  }) => {
    const directory = mountSmallDisk()
    if (directory === null) skip('making a small file system needs root')
    const outcome = runUntilFull(directory!, '')
    expect(outcome).toMatchObject({
      rejected: 'LAGOON_STATE_DISK_FULL',
      errors: ['LAGOON_STATE_DISK_FULL'],
      seen: [1, 1, 0],
      closed: 'LAGOON_STATE_DISK_FULL',
    })
    expect(outcome.durable).toBeGreaterThan(10_000)
    const elsewhere = temporaryDirectory()
    execFileSync('cp', ['-r', `${directory}/.`, elsewhere])
    await expectIntact(elsewhere, outcome)
  })

  it('if LMDB itself is refused a write in the middle of a commit', async () => {
    const directory = temporaryDirectory()
    // 6,000 blocks of 512 bytes; Node ignores SIGXFSZ, so the write fails instead.
    const outcome = runUntilFull(directory, 'ulimit -f 6000;')
    expect(outcome.rejected).toMatch(/^LAGOON_STATE_(DISK_FULL|COMMIT_FAILED)$/)
    expect(outcome.errors).toHaveLength(1)
    expect(outcome.seen).toEqual([1, 1, 0])
    expect(outcome.durable).toBeGreaterThan(10_000)
    await expectIntact(directory, outcome)
  })

  it('below the floor nothing is opened, and no lock is left behind', async () => {
    const directory = temporaryDirectory()
    const opening = openState({ directory, identity: IDENTITY, diskFloorBytes: 2 ** 52 })
    await expect(opening).rejects.toMatchObject({ code: 'LAGOON_STATE_DISK_FULL' })
    await expect(open(directory)).resolves.toBeDefined()
  })
})
