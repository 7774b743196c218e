import { z } from 'zod'

const count = z.int().min(0)
const text = z.string()
const maybe = <T extends z.ZodType>(type: T) => type.nullable()
const perSide = z.looseObject({ source: count, destination: count })
const manifests = z.looseObject({ completed: count, skipped: count, failed: count })
const hint = text.optional()
const causes = z.array(text).optional()

const figures = {
  completed: count,
  skipped: count,
  failed: count,
  missing: count,
  planned: count,
  bytes: count,
}
const limits = {
  minConcurrency: count.optional(),
  maxConcurrency: count.optional(),
  maxBytesPerSecond: maybe(z.number()).optional(),
  maxRequestsPerSecond: maybe(z.number()).optional(),
}
const reason = z.enum([
  'finished',
  'failures',
  'signal',
  'disk-full',
  'credentials',
  'state',
  'listing',
  'store',
  'queue',
  'idle',
  'usage',
  'locked',
  'defect',
])

/** What every line has besides its own. */
function line<T extends string, S extends z.ZodRawShape>(type: T, shape: S) {
  return z.looseObject({
    type: z.literal(type),
    time: z.iso.datetime().describe('RFC 3339, UTC'),
    run: maybe(count).describe('Number of the run; null before one has begun'),
    ...shape,
  })
}

/** The lines of `lagoon sync --json`. Later versions may add types of lines and fields, and remove none. */
export function eventsSchema() {
  return z.discriminatedUnion('type', [
    line('listening', { url: text }),
    line('start', {
      source: text,
      destination: text,
      dataDir: text,
      dryRun: z.boolean(),
      job: text.optional().describe('Of a dry run over a queue; `dataDir` is empty then'),
    }),
    line('joined', { job: text, worker: text, source: text, destination: text }),
    line('item', { status: z.enum(['claimed', 'done', 'released', 'lost', 'split']), item: text }),
    line('listing', {
      status: z.enum(['started', 'resumed', 'kept', 'finished']),
      bucket: text,
      prefix: text,
      objects: count,
      startedAt: text,
    }),
    line('manifest', {
      status: z.enum(['opened', 'completed', 'skipped', 'failed']),
      key: text,
      rows: maybe(count),
      code: text.optional(),
      message: text.optional(),
      hint,
      causes,
    }),
    line('totals', { manifests: count, rows: maybe(count), bytes: maybe(count), final: z.boolean() }),
    line('progress', {
      ...figures,
      inFlight: z.number(),
      limit: count,
      objectsPerSecond: z.number(),
      bytesPerSecond: z.number(),
      throttled: count,
      failedAttempts: count,
      latencyMs: maybe(z.looseObject({ p50: z.number(), p90: z.number() })),
      manifests,
      paused: z.boolean(),
      waitingUntil: maybe(text),
      rows: maybe(count),
      durationMs: z.number(),
    }),
    line('failure', {
      key: text,
      manifest: text,
      row: count,
      class: text,
      code: text,
      message: text,
      attempts: count,
      causes,
    }),
    line('decision', { action: text, limit: count, previous: count, reason: text }),
    line('warning', { code: text, message: text, hint }),
    line('paused', { reason: text }),
    line('resumed', { reason: text }),
    line('limits', { reason: text, ...limits }),
    line('reloaded', { applied: z.array(text), needRestart: z.array(text) }),
    line('waiting', { round: count, until: text }),
    line('scanning', { round: count }),
    line('stopping', { reason: text }),
    line('summary', {
      ...figures,
      durationMs: z.number(),
      requests: perSide,
      manifests,
      interrupted: z.boolean(),
      reason,
      exitCode: count,
      lost: z.array(text).optional(),
      shard: z.looseObject({ rows: maybe(count), read: count }).optional(),
      job: text.optional().describe('The job on the queue; the figures are those of the whole job'),
      worker: text.optional(),
      over: z.boolean().optional().describe('True when nothing of the job is left to do'),
      own: z.looseObject({ completed: count, failed: count, bytes: count }).optional(),
    }),
    line('error', { code: text, message: text, hint, reason, exitCode: count }),
  ])
}

/** The same as JSON Schema, for consumers in any language. */
export function eventsJsonSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(eventsSchema())
  return { $schema, title: 'Events of lagoon sync --json', ...schema }
}
