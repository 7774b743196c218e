import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import type { State } from '../src/index.js'
import { answers, mulberry32, open, temporaryDirectory } from './helpers.js'

const PROGRAM = fileURLToPath(new URL('programs/crash-writer.js', import.meta.url))
const NO_CLOSE = fileURLToPath(new URL('programs/no-close.js', import.meta.url))
const SEED = Number(process.env['LAGOON_STATE_CRASH_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const ROUNDS = Number(process.env['LAGOON_STATE_CRASH_ROUNDS'] ?? 25)
const GROUP = 50

/** What one writer said, and how much of it was flushed, before it was killed. */
interface Life {
  name: string
  said: number
  durable: number
}

it(`invariants 1, 2, 3, 4, 6 and 7: whatever moment a writer is killed at (LAGOON_STATE_CRASH_SEED=${SEED})`, async () => {
  const random = mulberry32(SEED)
  const directory = temporaryDirectory()
  const lives: Life[] = []
  let known = 0
  for (let round = 0; round < ROUNDS; round++) {
    const life = await liveAndDie(directory, `life${round}`, random)
    lives.push(life)
    const state = await open(directory)
    known = checkLife(state, life, known)
    await state.close()
  }
  // Merges that later writers did, and were killed in, have lost and made up nothing of the earlier ones.
  const state = await open(directory)
  let complete = 0
  for (const life of lives) complete += completeRows(state, life).size
  expect(state.counts().complete).toBe(complete)
  expect(lives.some(({ durable }) => durable > 0)).toBe(true)
}, 180_000)

it('invariant 1: a process that exits without closing has committed its outcomes', async () => {
  const directory = temporaryDirectory()
  const { status } = spawnSync(process.execPath, [NO_CLOSE, directory], { stdio: 'inherit' })
  expect(status).toBe(0)
  const state = await open(directory)
  expect(answers(state, ['0 0', '24 19', 'last'])).toEqual([1, 1, 1])
  expect(state.counts().complete).toBe(501)
})

async function liveAndDie(directory: string, name: string, random: () => number): Promise<Life> {
  const commitEntries = [20, 100, 1000][Math.floor(random() * 3)]!
  const child = spawn(process.execPath, [PROGRAM, directory, name, `${commitEntries}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const life: Life = { name, said: 0, durable: 0 }
  let left = 1 + Math.floor(random() ** 2 * 60)
  for await (const line of createInterface({ input: child.stdout })) {
    const [what, rows] = line.split(' ') as ['said' | 'durable', string]
    life[what] = Number(rows)
    if (--left === 0) child.kill('SIGKILL')
  }
  if (child.exitCode === null && child.signalCode === null)
    await new Promise((resolve) => child.once('exit', resolve))
  expect(child.signalCode).toBe('SIGKILL')
  return life
}

/** Whether the program says of a row that it is complete at the end. */
function isCompleted(row: number): boolean {
  return row % 10 !== 3 || row % 20 === 13
}

/** Rows of a life that are complete; some beyond what it said are asked for, too. */
function completeRows(state: State, { name, said }: Life): Set<number> {
  const keys = Array.from({ length: said + 200 }, (_, row) => `${name}/${row}`)
  const answers = state.lookup(keys)
  return new Set([...keys.keys()].filter((row) => answers[row] === 1))
}

function checkLife(state: State, life: Life, known: number): number {
  const { name, said, durable } = life
  const complete = completeRows(state, life)
  for (const row of complete) {
    expect(isCompleted(row)).toBe(true)
    expect(row).toBeLessThan(said)
  }
  const manifest = { key: `manifest/${name}`, etag: 'e' }
  const failed = new Set([...state.failures({ manifest })].map(({ row }) => row))
  const record = state.manifest(manifest)
  for (let row = 0; row < said; row++) {
    // What was flushed is there, and so is everything that a mark covers.
    if (row >= durable && !record.isRowGroupSettled(Math.floor(row / GROUP))) continue
    expect(complete.has(row)).toBe(isCompleted(row))
    expect(failed.has(row)).toBe(!isCompleted(row))
  }
  expect([...failed].filter((row) => complete.has(row))).toEqual([])
  expect(state.counts().complete).toBe(known + complete.size)
  return known + complete.size
}
