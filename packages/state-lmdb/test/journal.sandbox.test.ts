import {
  appendFileSync,
  cpSync,
  existsSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { JOURNAL_FILES } from '../src/lmdb/journal.js'
import type { State } from '../src/index.js'
import { DATA_FILE, unlock } from '../src/lmdb/store.js'
import { answers, open, temporaryDirectory } from './helpers.js'

/** Commits so rare that only the journal can know. */
const RARE = { commitIntervalMs: 60_000 }

/** The directory as it lies on the disk now: what a kill leaves. */
async function killed(directory: string): Promise<string> {
  const copy = temporaryDirectory()
  cpSync(directory, copy, { recursive: true })
  await unlock(join(copy, DATA_FILE))
  return copy
}

const bytesOf = (directory: string): string =>
  JOURNAL_FILES.map((name) => readFileSync(join(directory, name), 'hex')).join()

/** Says something and waits until it is written down. */
async function written(directory: string, say: () => void): Promise<void> {
  const before = bytesOf(directory)
  say()
  await vi.waitUntil(() => bytesOf(directory) !== before, { interval: 1 })
}

it('outcomes survive a kill, with their versions, before any commit', async () => {
  const directory = temporaryDirectory()
  const state = await open(directory, RARE)
  await written(directory, () => {
    state.complete('a')
    state.complete('b', 'v1')
  })
  const after = await open(await killed(directory))
  expect(answers(after, ['a', 'b', 'c'])).toEqual([1, 1, 0])
  expect([...after.lookup(['b', 'b'], ['v1', 'v2'])]).toEqual([1, 0])
  expect(after.counts().complete).toBe(2)
})

it('outcomes are written in time, even when the event loop is busy and no timer runs', async () => {
  const directory = temporaryDirectory()
  const state = await open(directory, RARE)
  state.complete('a')
  const until = performance.now() + 40
  while (performance.now() < until);
  state.complete('b')
  const after = await open(await killed(directory))
  expect(answers(after, ['a', 'b'])).toEqual([1, 1])
})

it('an upload is recorded as soon as its record was put', async () => {
  const directory = temporaryDirectory()
  const state = await open(directory, RARE)
  state.uploads.put('big', { id: 1 })
  state.uploads.put('other', { id: 2 })
  state.uploads.delete('big')
  state.uploads.put('third', { id: 3 })
  const after = await open(await killed(directory))
  expect([...after.uploads.entries()].sort()).toEqual([
    ['other', { id: 2 }],
    ['third', { id: 3 }],
  ])
})

it('across commits, nothing is lost and nothing old returns', async () => {
  const directory = temporaryDirectory()
  const state = await open(directory, RARE)
  for (let round = 0; round < 5; round++) {
    await written(directory, () => state.complete(`k${round}`))
    const known = await open(await killed(directory))
    expect(answers(known, ['k0', 'k1', 'k2', 'k3', 'k4'])).toEqual(
      [0, 1, 2, 3, 4].map((i) => Number(i <= round)),
    )
    if (round % 2 === 0) await state.flush()
  }
})

it('a second kill right after the recovery loses nothing either', async () => {
  const directory = temporaryDirectory()
  const state = await open(directory, RARE)
  await written(directory, () => state.complete('a'))
  const second = await killed(directory)
  await written(second, await openAnd(second, (again) => again.complete('b')))
  expect(answers(await open(await killed(second)), ['a', 'b'])).toEqual([1, 1])
})

async function openAnd(directory: string, say: (state: State) => void): Promise<() => void> {
  const state = await open(directory, RARE)
  return () => say(state)
}

it('a torn end and foreign bytes end the journal without damage', async () => {
  const directory = temporaryDirectory()
  const state = await open(directory, RARE)
  await written(directory, () => state.complete('a'))
  await written(directory, () => state.complete('b'))
  const name = JOURNAL_FILES.find((file) => readFileSync(join(directory, file)).length > 0)!
  const torn = await killed(directory)
  truncateSync(join(torn, name), readFileSync(join(torn, name)).length - 1)
  expect(answers(await open(torn), ['a', 'b'])).toEqual([1, 0])
  const foreign = await killed(directory)
  appendFileSync(join(foreign, name), Buffer.alloc(100, 7))
  expect(answers(await open(foreign), ['a', 'b'])).toEqual([1, 1])
})

it('the journal of another state is ignored', async () => {
  const [directory, other] = [temporaryDirectory(), temporaryDirectory()]
  const state = await open(directory, RARE)
  await written(directory, () => state.complete('a'))
  await (await open(other)).close()
  for (const name of JOURNAL_FILES) cpSync(join(directory, name), join(other, name))
  expect(answers(await open(other), ['a'])).toEqual([0])
})

it('a state that was closed has no journal', async () => {
  const directory = temporaryDirectory()
  const state = await open(directory)
  expect(JOURNAL_FILES.every((name) => existsSync(join(directory, name)))).toBe(true)
  await state.close()
  expect(JOURNAL_FILES.some((name) => existsSync(join(directory, name)))).toBe(false)
})

it('only its owner can read the journal, and a link in its place is never written through', async () => {
  const [directory, elsewhere] = [temporaryDirectory(), temporaryDirectory()]
  const state = await open(directory)
  for (const name of JOURNAL_FILES) expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600)
  await state.close()
  const victim = join(elsewhere, 'victim')
  writeFileSync(victim, 'untouched')
  symlinkSync(victim, join(directory, JOURNAL_FILES[0]))
  await expect(open(directory)).rejects.toMatchObject({ name: 'StateError', code: 'LAGOON_STATE_UNWRITABLE' })
  expect(readFileSync(victim, 'utf8')).toBe('untouched')
})
