import { createController, type Observation } from '@lagoon/aimd'
import { runSync, type SyncOptions } from '@lagoon/sync'
import { BenchError } from '../errors.js'
import { withFreshBucket, type CopyContext } from '../run/copy-once.js'
import type { Timeline } from '../report/timeline.js'
import type { BucketAccess } from '../stores/buckets.js'
import { TurnTaking, type Turn } from './turn-taking.js'

interface TurnsMeasure {
  /** Fixed concurrencies that take turns with the controller. */
  fixed: readonly number[]
  turnSeconds: number
  /** Lifetime of a controller: the sum of its own turns, s. */
  seconds: number
}

/** One controller with its lawDefaults, and the turns of the fixed concurrencies beside it. */
interface TurnsRound {
  /** Of whole cycles. Contenders are the fixed concurrencies, in their order, and then the controller. */
  turns: Turn[]
  /** The controller's timeline, over its own turns. */
  timeline: Timeline
}

/** A new run first reads its manifest and opens its connections. */
const maxStartMs = 2000
/** A store may defer part of its work: the next turn pays for it at first. */
const maxSettleMs = 1000

/**
 * Copies the dataset with contenders in turn, into a fresh bucket, starting over at its end until the controller has had its time. All in
 * this process: two processes of the same program can differ by several per cent for their whole lifetime.
 *
 * @throws BenchError `LAGOON_BENCH_PRODUCT` if objects fail; `LAGOON_BENCH_USAGE` for a dataset that is copied before a turn ends
 */
export async function measureTurns(measure: TurnsMeasure, context: CopyContext): Promise<TurnsRound> {
  const { fixed, seconds, turnSeconds } = measure
  const turnMs = turnSeconds * 1000
  // Of turns shorter than the default, two thirds and a third.
  const [startMs, settleMs] = [Math.min(maxStartMs, (turnMs * 2) / 3), Math.min(maxSettleMs, turnMs / 3)]
  const turns: Turn[] = []
  const timeline: Timeline = { progress: [], decisions: [] }
  const law = createController({ onDecision: (observation) => note(timeline, observation) })
  const over = new AbortController()
  const taking = new TurnTaking({
    contenders: [...fixed, law],
    turnMs,
    settleMs,
    onTurn(turn) {
      // What is in flight at the end may take longer than a turn.
      if (over.signal.aborted) return
      turns.push(turn)
      const cycleEnds = turns.length % (fixed.length + 1) === 0
      if (cycleEnds && turn.agedMs + turn.elapsedMs >= seconds * 1000) over.abort()
    },
  })
  while (!over.signal.aborted) {
    const before = turns.length
    taking.restart(startMs)
    await copyDataset(taking, over.signal, context)
    if (turns.length > before) continue
    throw new BenchError(
      'LAGOON_BENCH_USAGE',
      `the dataset is copied before a turn of ${turnSeconds} s ends`,
      {
        hint: 'Copy more objects (--objects), or take shorter turns (--turn-seconds).',
      },
    )
  }
  return { turns, timeline }
}

async function copyDataset(controller: TurnTaking, drain: AbortSignal, context: CopyContext): Promise<void> {
  const { pair, dataset, session } = context
  await withFreshBucket(context, async ({ bucket, directory: dataDir }) => {
    const summary = await runSync({
      source: endpoint(pair.forClients.source, dataset.bucket),
      destination: endpoint(pair.forClients.destination, bucket),
      manifestPrefix: dataset.manifestPrefix,
      dataDir,
      concurrency: { controller },
      drain,
      abort: session.signal,
    })
    session.signal.throwIfAborted()
    if (summary.failed > 0)
      throw new BenchError('LAGOON_BENCH_PRODUCT', `${summary.failed} objects failed to be copied`)
  })
}

function endpoint(access: BucketAccess, bucket: string): SyncOptions['source'] {
  const {
    url: endpointUrl,
    region,
    certificateAuthority,
    accessKeyId,
    secretAccessKey,
    sessionToken,
  } = access
  return {
    endpointUrl,
    region,
    bucket,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) },
    ...(certificateAuthority === undefined ? {} : { certificateAuthority }),
  }
}

/** One point per window. */
function note({ progress, decisions }: Timeline, { decision, window }: Observation): void {
  const { elapsedMs, succeeded, bytes, throttled, inFlight } = window
  const last = progress.at(-1)
  const timeMs = (last?.timeMs ?? 0) + elapsedMs
  progress.push({
    timeMs,
    objectsPerSecond: (succeeded * 1000) / elapsedMs,
    bytesPerSecond: (bytes * 1000) / elapsedMs,
    inFlight,
    limit: decision.previous,
    completed: (last?.completed ?? 0) + succeeded,
    bytes: (last?.bytes ?? 0) + bytes,
    throttled: (last?.throttled ?? 0) + throttled,
  })
  const { action, limit, previous, reason } = decision
  if (action !== 'hold') decisions.push({ timeMs, action, limit, previous, reason })
}
