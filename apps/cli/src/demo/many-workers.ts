import { readStatus, rowsOf } from '@lagoon/jobs'
import type { CommandContext, CommandOutcome } from '../output/command.js'
import { exitCodes } from '../errors/exit-codes.js'
import { toolName } from '../output/command-line.js'
import { formatBytes, formatCountOf } from '../text/format.js'
import { onJob, onQueue } from '../queue/on-job.js'
import type { QueueSettings } from '../queue/queue-settings.js'
import { compareStores } from './compare-stores.js'
import { figuresOf, refuseComplaints, stopped } from './demo-endings.js'
import { startDemoQueue } from './demo-queue.js'
import type { DemoStores } from './demo-stores.js'
import { startDemoWorker, type DemoWorker } from './demo-worker.js'
import { renderWorkersDemo, type WorkersDemoResult } from './render-workers-demo.js'
import type { SampleDataset } from './sample-dataset.js'

/** One worker is killed once this many objects have begun at the destination. */
const killAt = 350
/** Short, so that the rows of the killed one continue soon. */
const leaseS = 2

interface WorkersDemo {
  readonly stores: DemoStores
  readonly dataset: SampleDataset
  /** For the queue's data. */
  readonly directory: string
  readonly workers: number
  /** A running server to use instead of one of the demo's own. */
  readonly queue: QueueSettings | undefined
  readonly startedAt: number
}

/** Several workers share one job; one of them is killed in the middle, and the others finish. */
export async function demoWithWorkers(context: CommandContext, demo: WorkersDemo): Promise<CommandOutcome> {
  const { stores, dataset, directory, workers: count } = demo
  const say = (message: string): void => context.emit({ type: 'note', message })
  const own = demo.queue === undefined ? await startDemoQueue(directory, context.environment) : undefined
  const job = `demo-${process.pid}-${Date.now().toString(36)}`
  const queue: QueueSettings = { ...(demo.queue ?? { nats: { servers: own!.url } }), job }
  const workers: DemoWorker[] = []
  const stop = (): void => workers.forEach((worker) => worker.stop())
  context.drain.addEventListener('abort', stop)
  try {
    say(
      `NATS is up: ${[queue.nats.servers].flat().join(', ')}. ${count} workers share the ${formatCountOf(dataset.objects.length, 'object')}, ` +
        `${formatBytes(dataset.bytes)}, of one job; one of them is killed in the middle.`,
    )
    const args = [
      `--queue=${[queue.nats.servers].flat().join(',')}`,
      `--job=${job}`,
      `--lease-s=${leaseS}`,
      '--item-rows=50',
      '--max-concurrency=16',
    ]
    const environment = { ...queueVariablesOf(context.environment), ...stores.environment }
    for (let i = 0; i < count; i += 1) workers.push(startDemoWorker(args, environment, directory))
    const ends = Promise.all(workers.map(({ ended }) => ended))
    await Promise.race([stores.reached(killAt), ends])
    if (context.drain.aborted) return await interrupted(context, ends)
    const victim = workers.reduce((most, worker) => (worker.inHand > most.inHand ? worker : most))
    victim.kill()
    say(
      `Killed process ${victim.pid}, which held ${formatCountOf(victim.inHand, 'range')} of rows. The others take them over within ${leaseS + 2} s.`,
    )
    const codes = await ends
    if (context.drain.aborted) return await interrupted(context, ends)
    const different = await compareStores(stores, dataset)
    const status = await onJob(queue, ({ job: opened }) => readStatus(opened))
    const written = stores.writes()
    const result = judge(demo, {
      workers,
      victim,
      codes,
      different,
      written,
      recorded: rowsOf(status.counts),
    })
    return {
      exitCode: exitCodes.ok,
      data: { type: 'demo', ...result },
      render: (style) => renderWorkersDemo(result, toolName(context.environment), style),
    }
  } finally {
    context.drain.removeEventListener('abort', stop)
    workers.forEach((worker) => worker.kill())
    await Promise.all(workers.map(({ ended }) => ended))
    if (own === undefined) await onQueue(queue, (engine) => engine.delete(job))
    await own?.close()
  }
}

/** How the user of a running server identifies itself. */
function queueVariablesOf(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => name.startsWith('LAGOON_QUEUE_')))
}

async function interrupted(context: CommandContext, ends: Promise<unknown>): Promise<CommandOutcome> {
  await ends
  return stopped(context)
}

interface Evidence {
  readonly workers: readonly DemoWorker[]
  readonly victim: DemoWorker
  readonly codes: readonly { readonly code: number | null; readonly stderr: string }[]
  readonly different: readonly string[]
  readonly written: ReadonlyMap<string, number>
  /** Rows that have an outcome in the job's records. */
  readonly recorded: number
}

/** What the stores and the records have to say, against what the workers claimed. Throws LAGOON_CLI_DEMO_FAILED where they disagree. */
function judge({ dataset, stores, startedAt }: WorkersDemo, evidence: Evidence): WorkersDemoResult {
  const { workers, victim, codes, different, written, recorded } = evidence
  const objects = dataset.objects.length
  const complaints = codes.flatMap(({ code, stderr }, i) => {
    const expected = workers[i] === victim ? null : exitCodes.ok
    return code === expected
      ? []
      : [`process ${workers[i]!.pid} ended with ${code}: ${stderr.trim().slice(-500)}`]
  })
  if (recorded !== objects) complaints.push(`the job records ${recorded} outcomes for ${objects} rows`)
  if (written.size !== objects) complaints.push(`${written.size} of ${objects} objects were written`)
  if (different.length > 0) complaints.push(`${different.length} objects differ`)
  refuseComplaints(complaints)
  return {
    ...figuresOf(stores, dataset, startedAt),
    workers: workers.length,
    killed: 1,
    recorded,
    copiedTwice: [...written.values()].filter((times) => times > 1).length,
  }
}
