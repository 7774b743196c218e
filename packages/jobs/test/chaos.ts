import { createMemoryServer, createManualClock, type MemoryConnection } from '../src/memory/index.js'
import {
  endPlanning,
  joinJob,
  planManifest,
  readStatus,
  startWorker,
  type HeldItem,
  type JobStatus,
  type Worker,
} from '../src/index.js'
import { LEASE_MS, SETTINGS } from './harness.js'

/** A fault and its time. */
export interface Accident {
  readonly atMs: number
  readonly kind: 'kill' | 'partition' | 'server-down' | 'purge' | 'roll-back' | 'drain'
  /** Which of the live workers, modulo their number. */
  readonly worker: number
  readonly forMs: number
}

export interface Scenario {
  /** Rows of the row groups of each manifest. */
  readonly manifests: readonly (readonly number[])[]
  readonly itemRows: number
  readonly workers: number
  /** Time that a row takes, in ms; workers differ. */
  readonly rowMs: readonly number[]
  /** Fractions of operations whose request or response is lost, and that are delayed. */
  readonly lost: number
  readonly late: number
  readonly accidents: readonly Accident[]
  readonly seed: number
}

export interface Outcome {
  readonly status: JobStatus
  /** How often each row was copied, by `manifest:row`. */
  readonly copies: ReadonlyMap<string, number>
  /** Rows that a worker began while the record named another one. */
  readonly trespasses: readonly string[]
  /** Workers that ended because the job was over. */
  readonly ended: number
  readonly alive: number
}

/** Repeated copies for each killed worker: what was in flight, and what ended since its last checkpoint. */
export const CHECKPOINT_MS = 500

interface Process {
  readonly name: string
  readonly connection: MemoryConnection
  worker: Worker
  dead: boolean
  stopping: boolean
  ended: boolean
}

/** Runs a job with all its faults under a manual clock. */
export async function runChaos(scenario: Scenario): Promise<Outcome> {
  const random = mulberry(scenario.seed)
  const clock = createManualClock()
  let quiet = false
  const server = createMemoryServer({
    clock,
    fault: () => {
      if (quiet) return undefined
      const chance = random()
      if (chance < scenario.lost / 2) return { lose: 'request' }
      if (chance < scenario.lost) return { lose: 'answer' }
      return chance < scenario.lost + scenario.late ? { delayMs: Math.ceil(random() * 800) } : undefined
    },
  })
  const copies = new Map<string, number>()
  const trespasses: string[] = []
  const processes: Process[] = []
  let rolledBack = false

  // Reads the server's state directly.
  quiet = true
  const observer = await joinJob(server.connect('observer'), {
    job: 'lake',
    clock,
    settings: SETTINGS,
    leaseMs: LEASE_MS,
  })
  for (const [index, rowGroups] of scenario.manifests.entries()) {
    await planManifest(observer, { key: `m${index}`, etag: 'v', rowGroups }, { itemRows: scenario.itemRows })
  }
  await endPlanning(observer)
  quiet = false

  async function work(process: Process, item: HeldItem, rowMs: number): Promise<void> {
    for (let row = item.from; row < item.to!; row += 1) {
      let admission = item.begin(row)
      while (admission === 'wait') {
        await item.ready()
        if (process.dead) return
        admission = item.begin(row)
      }
      if (admission === 'gone') break
      if (admission === 'settled') continue
      if (admission === 'poison') {
        item.settle(row, { outcome: 'failed' })
        continue
      }
      if (!rolledBack) checkHolder(process, item, row)
      await clock.sleep(rowMs)
      if (process.dead) return
      const name = `${item.manifest.key}:${row}`
      copies.set(name, (copies.get(name) ?? 0) + 1)
      item.settle(row, { outcome: 'copied', bytes: 1 })
    }
    if (process.dead || item.signal.aborted) return
    if (item.complete) await item.finish()
    else await item.release()
  }

  /** No other worker may hold the item at the moment at which one of its rows begins. */
  function checkHolder(process: Process, item: HeldItem, row: number): void {
    const raw = server.peek('lake', `item.${item.id}`)
    if (raw === null) return
    const { holder, epoch } = JSON.parse(new TextDecoder().decode(raw)) as { holder?: string; epoch: number }
    if (holder !== process.name || epoch !== item.epoch) {
      trespasses.push(
        `${process.name} began ${item.id}:${row} of epoch ${item.epoch}; held by ${holder} ${epoch}`,
      )
    }
  }

  async function start(index: number): Promise<void> {
    const name = `p${processes.length}`
    const connection = server.connect(name)
    const process: Process = {
      name,
      connection,
      worker: undefined as unknown as Worker,
      dead: false,
      stopping: false,
      ended: false,
    }
    processes.push(process)
    const job = await retry(() => joinJob(connection, { job: 'lake', clock }))
    process.worker = startWorker(job, {
      id: name,
      checkpointIntervalMs: CHECKPOINT_MS,
      presenceIntervalMs: 5000,
      splitAfterMs: 2000,
    })
    const rowMs = scenario.rowMs[index % scenario.rowMs.length]!
    for (;;) {
      const item = await process.worker.next()
      if (process.dead) return
      if (item === null) break
      await work(process, item, rowMs)
      if (process.dead) return
    }
    process.ended = !process.stopping
    await process.worker.close()
  }

  async function retry<T>(action: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await action()
      } catch {
        await clock.sleep(200)
      }
    }
  }

  const living = (): Process[] =>
    processes.filter(({ dead, ended, stopping }) => !dead && !ended && !stopping)

  async function accident({ kind, worker, forMs }: Accident): Promise<void> {
    const victims = living().filter((process) => process.worker !== undefined)
    const victim = victims[worker % Math.max(1, victims.length)]
    if (kind === 'purge') server.purgeQueue('lake')
    else if (kind === 'roll-back') {
      const earlier = server.snapshot()
      await clock.sleep(Math.min(3000, forMs))
      rolledBack = true
      earlier.restore()
    } else if (kind === 'server-down') {
      server.running = false
      await clock.sleep(forMs)
      server.running = true
    } else if (victim === undefined) return
    else if (kind === 'kill') {
      victim.dead = true
      victim.connection.kill()
      void start(processes.length)
    } else if (kind === 'drain') {
      victim.stopping = true
      victim.worker.drain()
      void start(processes.length)
    } else {
      victim.connection.cut()
      await clock.sleep(forMs)
      victim.connection.heal()
    }
  }

  for (let i = 0; i < scenario.workers; i += 1) void start(i)
  for (const planned of scenario.accidents) void clock.sleep(planned.atMs).then(() => accident(planned))
  // Longer than any fault, and than a lease for each of them.
  const runToRest = async (leastSteps: number): Promise<void> => {
    for (let step = 0; step < 400; step += 1) {
      await clock.advance(1000)
      if (step > leastSteps) quiet = true
      if (step > leastSteps && living().length === 0) return
    }
  }
  await runToRest(30)
  // A restore after the end is completed by the next command.
  if (rolledBack) {
    void start(0)
    await runToRest(1)
  }
  const reading = readStatus(observer)
  await clock.advance(5000)
  const status = await reading
  return {
    status,
    copies,
    trespasses,
    ended: processes.filter(({ ended }) => ended).length,
    alive: living().length,
  }
}

export function rowsOfScenario({ manifests }: Scenario): number {
  return manifests.flat().reduce((sum, rows) => sum + rows, 0)
}

/** A small seeded generator of numbers from 0 to 1. */
function mulberry(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
