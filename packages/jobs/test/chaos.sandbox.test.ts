import { provideNats } from '@lagoon/testkit'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { endPlanning, joinJob, planManifest, readStatus, type Job } from '../src/index.js'
import { connectNats } from '../src/nats/index.js'

const script = fileURLToPath(new URL('support/chaos-worker.js', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'lagoon-chaos-'))
afterAll(() => rmSync(directory, { recursive: true }))

/** Two kills, a SIGTERM, a kill of the server and a stop beyond the lease each. */
const ROUNDS = Number(process.env['LAGOON_CHAOS_ROUNDS'] ?? 1)
const ROWS_OF_ROUND = 3200
const ROWS = ROUNDS * ROWS_OF_ROUND
const LEASE_MS = 1500
const IN_FLIGHT = 16

interface WorkerProcess {
  readonly child: ChildProcess
  readonly exit: Promise<number | null>
  readonly copies: () => string[]
  /** Copies without a confirmed outcome if it died now, including those in flight. */
  readonly unconfirmed: () => number
  /** The same, of items that it lost while alive. */
  readonly lost: () => number
}

let started = 0

function start(url: string): WorkerProcess {
  const id = `w${(started += 1)}`
  const log = join(directory, id)
  const child = spawn(process.execPath, [script, url, id, log], { stdio: ['ignore', 'inherit', 'inherit'] })
  // A worker that was killed early has written nothing.
  const readLog = (): string => (existsSync(log) ? readFileSync(log, 'utf8') : '')
  const lines = (pattern: RegExp): string[] =>
    readLog()
      .split('\n')
      .filter((line) => pattern.test(line))
  const copies = (): string[] => lines(/:/)
  return {
    child,
    exit: once(child, 'exit').then(([code]) => code as number | null),
    copies,
    unconfirmed: () => copies().length - Number(lines(/^c /).at(-1)?.slice(2) ?? 0) + IN_FLIGHT,
    lost: () => lines(/^l /).reduce((sum, line) => sum + Number(line.slice(2)), 0),
  }
}

/** Waits until this many rows are recorded; single reads may go unanswered. */
async function recorded(job: Job, rows: number): Promise<void> {
  for (;;) {
    const status = await readStatus(job).catch(() => null)
    if (status !== null && status.counts.copied >= rows) return
    await delay(50)
  }
}

test(
  'every row is copied and counted once, and few are repeated, through kills of workers and server and a pause beyond the lease',
  { timeout: 60_000 * ROUNDS },
  async () => {
    const server = await provideNats({ config: '' })
    const engine = await connectNats({ servers: server.url })
    const job = await joinJob(engine, { job: 'chaos', settings: {}, leaseMs: LEASE_MS })
    for (const key of ['m1', 'm2']) {
      await planManifest(job, { key, etag: 'v', rowGroups: [ROWS / 4, ROWS / 4] }, { itemRows: 250 })
    }
    await endPlanning(job)
    const workers = [start(server.url), start(server.url), start(server.url)]
    const gone: WorkerProcess[] = []
    const killed: WorkerProcess[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      const at = (rows: number): Promise<void> => recorded(job, round * ROWS_OF_ROUND + rows)
      for (const rows of [200, 500]) {
        await at(rows)
        const victim = workers.shift()!
        victim.child.kill('SIGKILL')
        await victim.exit
        killed.push(victim)
        workers.push(start(server.url))
      }
      await at(800)
      const stopped = workers.shift()!
      stopped.child.kill('SIGTERM')
      expect(await stopped.exit).toBe(143)
      gone.push(stopped)
      workers.push(start(server.url))

      await server.kill()
      await delay(300)
      await server.restart()
      await at(1200)

      const frozen = workers[0]!
      frozen.child.kill('SIGSTOP')
      await delay(LEASE_MS * 1.7)
      frozen.child.kill('SIGCONT')
    }

    expect(await Promise.all(workers.map(({ exit }) => exit))).toEqual([0, 0, 0])
    const status = await readStatus(job)
    expect(status.meta.state).toBe('over')
    expect(status.counts).toMatchObject({ copied: ROWS, failed: 0, bytes: ROWS })
    const all = [...killed, ...gone, ...workers]
    const copies = all.flatMap((worker) => worker.copies())
    expect(new Set(copies).size).toBe(ROWS)
    const bound =
      killed.reduce((sum, worker) => sum + worker.unconfirmed(), 0) +
      all.reduce((sum, worker) => sum + worker.lost(), 0)
    expect(copies.length - ROWS).toBeLessThanOrEqual(bound)
    if (ROUNDS > 1)
      console.log(`${killed.length} kills, ${copies.length - ROWS} of ${ROWS} copied again, bound ${bound}`)
    await engine.close()
    await server.stop()
  },
)
