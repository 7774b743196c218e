import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { open as openLmdb } from 'lmdb'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { thisProcess } from '../src/state/process-identity.js'
import { answers, open, temporaryDirectory } from './helpers.js'

const PROGRAM = fileURLToPath(new URL('programs/holder.js', import.meta.url))

interface Holder {
  child: ChildProcess
  /** `got`, or the code of the error and the pid it names. */
  said: string
}

async function hold(directory: string): Promise<Holder> {
  const child = spawn(process.execPath, [PROGRAM, directory], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [said] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string]
  return { child, said }
}

async function end({ child }: Holder, signal?: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  if (signal === undefined) child.stdin!.end()
  else child.kill(signal)
  await exited
}

/** Leaves the record of a writer behind, as a killed process does. */
async function leaveRecord(directory: string, record: object): Promise<void> {
  await (await open(directory)).close()
  await putRecord(directory, record)
}

async function putRecord(directory: string, record: object): Promise<void> {
  const env = openLmdb(join(directory, 'state.mdb'), {
    encoding: 'binary',
    noSubdir: true,
    overlappingSync: false,
  })
  await env.openDB('meta', { encoding: 'binary' }).put('writer', Buffer.from(JSON.stringify(record)))
  await env.close()
}

describe('invariant 6: one process writes', () => {
  it('a second one is refused with pid and start of the first, and succeeds once the first has closed', async () => {
    const directory = temporaryDirectory()
    const holder = await hold(directory)
    expect(holder.said).toBe('got')
    await expect(open(directory)).rejects.toMatchObject({
      code: 'LAGOON_STATE_LOCKED',
      pid: holder.child.pid,
      startedAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    })
    await end(holder)
    await expect(open(directory)).resolves.toBeDefined()
  })

  it('a killed one releases the directory, and its flushed outcomes are there', async () => {
    const directory = temporaryDirectory()
    const holder = await hold(directory)
    await end(holder, 'SIGKILL')
    const state = await open(directory)
    expect(answers(state, [`by ${holder.child.pid}`])).toEqual([1])
  })

  it('of many that find a dead writer concurrently, exactly one takes over', async () => {
    const directory = temporaryDirectory()
    await end(await hold(directory), 'SIGKILL')
    const holders = await Promise.all(Array.from({ length: 4 }, () => hold(directory)))
    const [winner, ...more] = holders.filter(({ said }) => said === 'got')
    expect(more).toEqual([])
    for (const { said } of holders.filter((holder) => holder !== winner)) {
      expect(said).toBe(`LAGOON_STATE_LOCKED ${winner!.child.pid}`)
    }
    await Promise.all(holders.map((holder) => end(holder)))
  })

  it('another opening in the same process is a second writer, too', async () => {
    const directory = temporaryDirectory()
    const first = await open(directory)
    await expect(open(directory)).rejects.toMatchObject({ code: 'LAGOON_STATE_LOCKED', pid: process.pid })
    first.complete('still works')
    await first.flush()
    await first.close()
    expect(answers(await open(directory), ['still works'])).toEqual([1])
  })

  it('a reused pid does not hold the directory', async () => {
    const directory = temporaryDirectory()
    await leaveRecord(directory, { ...thisProcess(), startTicks: '1', token: 'x' })
    await expect(open(directory)).resolves.toBeDefined()
  })

  it("one that was replaced leaves its successor's record alone when it closes", async () => {
    const directory = temporaryDirectory()
    const slow = await open(directory)
    await putRecord(directory, { ...thisProcess(), token: 'of another' })
    await slow.close()
    await expect(open(directory)).rejects.toMatchObject({ code: 'LAGOON_STATE_LOCKED' })
  })
})
