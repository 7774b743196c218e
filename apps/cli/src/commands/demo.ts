import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SyncSummary } from '@lagoon/sync'
import { compareStores } from '../demo/compare-stores.js'
import { figuresOf, refuseComplaints, stopped } from '../demo/demo-endings.js'
import { demoBuckets, startDemoStores, type DemoStores } from '../demo/demo-stores.js'
import { renderDemo, type DemoResult } from '../demo/render-demo.js'
import { makeSampleDataset, manifestCount, type SampleDataset } from '../demo/sample-dataset.js'
import { writeManifests } from '../demo/write-manifests.js'
import { exitCodes } from '../errors/exit-codes.js'
import { numberFlag } from '../options/flag-values.js'
import { createSettings } from '../options/settings.js'
import { toolName } from '../output/command-line.js'
import { formatBytes, formatCountOf } from '../text/format.js'
import { resolveQueue } from '../queue/queue-settings.js'
import type { CommandContext, CommandOutcome } from '../output/command.js'
import { run as sync } from './sync.js'

const objectCount = 2000
/** Several workers share so many. */
const sharedCount = 1000
/** The first run is stopped once this many objects have begun at the destination. */
const stopAt = 900

/** Shows everything on this machine: a sample dataset, a sync that is interrupted and resumed, and a comparison of both stores. */
export async function run(context: CommandContext): Promise<CommandOutcome> {
  const startedAt = performance.now()
  const say = (message: string) => context.emit({ type: 'note', message })
  const directory = await mkdtemp(join(tmpdir(), 'lagoon-demo-'))
  const stores = await startDemoStores()
  try {
    say(`Two S3 stores are running: ${stores.source.url} and ${stores.destination.url}`)
    const workers = numberFlag(context.settings, 'workers')
    const dataset = makeSampleDataset(workers === undefined ? objectCount : sharedCount)
    await fill(stores, dataset, directory)
    if (workers !== undefined) {
      const { demoWithWorkers } = await import('../demo/many-workers.js')
      const queue = resolveQueue(context.settings)
      return await demoWithWorkers(context, { stores, dataset, directory, workers, queue, startedAt })
    }
    say(
      `The first holds ${formatCountOf(dataset.objects.length, 'object')}, ${formatBytes(dataset.bytes)}, and ${formatCountOf(manifestCount, 'manifest')} that name them.\n` +
        'Syncing them to the second. The run stops halfway, as if you had pressed Ctrl-C.',
    )
    const first = await syncOnce(context, stores, directory, stopAt)
    const atStop = stores.writes()
    if (context.drain.aborted) return stopped(context)
    say(
      `Stopped: objects in flight were finished, ${formatCountOf(atStop.size, 'object')} are at the destination. Running the same command again:`,
    )
    const second = await syncOnce(context, stores, directory)
    if (context.drain.aborted) return stopped(context)
    const different = await compareStores(stores, dataset)
    const result = judge({
      dataset,
      first,
      second,
      atStop,
      writes: stores.writes(),
      different,
      stores,
      startedAt,
    })
    return {
      exitCode: exitCodes.ok,
      data: { type: 'demo', ...result },
      render: (style) => renderDemo(result, toolName(context.environment), style),
    }
  } finally {
    await stores.close()
    await rm(directory, { recursive: true, force: true })
  }
}

async function fill({ source }: DemoStores, dataset: SampleDataset, directory: string): Promise<void> {
  for (const { key, body } of dataset.objects) await source.store.put(demoBuckets.source, key, body)
  for (const { name, bytes } of await writeManifests(directory, dataset)) {
    await source.store.put(demoBuckets.source, `manifest/${name}`, bytes)
  }
}

/** One `lagoon sync` between the two stores, stopped by its own first signal when `stopAfter` objects were begun. */
async function syncOnce(
  context: CommandContext,
  stores: DemoStores,
  directory: string,
  stopAfter?: number,
): Promise<SyncSummary> {
  const stop = new AbortController()
  if (stopAfter !== undefined) void stores.reached(stopAfter).then(() => stop.abort())
  const environment = { ...stores.environment, LAGOON_DATA_DIR: join(directory, 'state') }
  const outcome = await sync({
    ...context,
    argv: [],
    settings: createSettings({ flags: {}, environment, dotEnv: {} }),
    drain: AbortSignal.any([context.drain, stop.signal]),
    stoppedBy: () => context.stoppedBy() ?? (stop.signal.aborted ? 'SIGINT' : undefined),
  })
  return outcome.data as SyncSummary
}

interface Evidence {
  readonly dataset: SampleDataset
  readonly first: SyncSummary
  readonly second: SyncSummary
  readonly atStop: ReadonlyMap<string, number>
  readonly writes: ReadonlyMap<string, number>
  readonly different: readonly string[]
  readonly stores: DemoStores
  readonly startedAt: number
}

/** Compares what the stores contain with what the runs reported. Throws LAGOON_CLI_DEMO_FAILED if they disagree. */
function judge(evidence: Evidence): DemoResult {
  const { dataset, first, second, atStop, writes, different, stores, startedAt } = evidence
  const twice = [...writes.values()].filter((times) => times > 1).length
  const complaints = [
    ...(first.interrupted ? [] : ['the first run was not interrupted']),
    ...(first.completed === atStop.size
      ? []
      : [`the first run claims ${first.completed} objects, the store has ${atStop.size}`]),
    ...(second.skipped === first.completed
      ? []
      : [`the second run skipped ${second.skipped} of ${first.completed}`]),
    ...(writes.size === dataset.objects.length
      ? []
      : [`${writes.size} of ${dataset.objects.length} objects were written`]),
    ...(twice === 0 ? [] : [`${twice} objects were written twice`]),
    ...(different.length === 0 ? [] : [`${different.length} objects differ`]),
  ]
  refuseComplaints(complaints)
  return {
    ...figuresOf(stores, dataset, startedAt),
    copiedBeforeStop: first.completed,
    copiedAfterResume: second.completed,
    skippedAfterResume: second.skipped,
    copiedTwice: twice,
  }
}
