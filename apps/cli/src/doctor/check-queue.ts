import { JobsError, type JobEngine } from '@lagoon/jobs'
import type { NatsEngine, NatsReport } from '@lagoon/jobs/nats'
import { operatorPermissions, workerPermissions } from '@lagoon/jobs/nats'
import { formatBytes, formatDuration } from '../text/format.js'
import { printable } from '../text/printable.js'
import { connectQueue } from '../queue/connect-queue.js'
import type { QueueSettings } from '../queue/queue-settings.js'
import type { Findings } from './check.js'
import { durabilityOf, timeRecords } from './durability.js'
import { syncOfServer } from './server-sync.js'
import type { RolePermissions } from './render-permissions.js'

/** Which check an error of the queue belongs to. */
const checkOfCode: Readonly<Record<string, string>> = {
  LAGOON_JOBS_UNREACHABLE: 'connection',
  LAGOON_JOBS_NO_ANSWER: 'connection',
  LAGOON_JOBS_CREDENTIALS_REFUSED: 'credentials',
  LAGOON_JOBS_PERMISSION_DENIED: 'permissions',
  LAGOON_JOBS_JETSTREAM_OFF: 'JetStream',
  LAGOON_JOBS_SERVER_TOO_OLD: 'version',
  LAGOON_JOBS_STORE_FULL: 'storage',
}

/**
 * Tries the queue with what a worker does: connect, read and write records, use each subject. Leaves nothing behind.
 *
 * @param own the name that a run gives its job without `--job`, where the stores are known
 * @returns the name of the job that the permissions were tried for; undefined when no job is named and there is not exactly one
 */
export async function checkQueue(
  queue: QueueSettings,
  own: string | undefined,
  findings: Findings,
): Promise<string | undefined> {
  let engine: NatsEngine
  try {
    engine = await connectQueue(queue)
  } catch (error) {
    noteRefusal(error, findings)
    return queue.job ?? own
  }
  try {
    const report = await engine.inspect()
    checkServer(report, findings)
    const name = queue.job ?? (await onlyJob(engine)) ?? own
    const job = name === undefined ? null : await engine.open(name)
    if (name === undefined)
      findings.skipped('permissions', 'no job is named, and the queue does not have exactly one')
    else await checkPermissions(engine, { name, exists: job !== null }, findings)
    await checkRecords(engine, { job, report, replicas: queue.replicas, monitor: queue.monitor }, findings)
    return name
  } catch (error) {
    noteRefusal(error, findings)
    return queue.job ?? own
  } finally {
    await engine.close()
  }
}

/** The least that suffices; `JOB` stands for the name where none is known. */
export function permissionsOf(job = 'JOB'): RolePermissions[] {
  return [
    { role: 'worker', job, ...workerPermissions(job) },
    { role: 'operator', job, ...operatorPermissions(job) },
  ]
}

function noteRefusal(error: unknown, findings: Findings): void {
  if (!(error instanceof JobsError)) throw error
  findings.failed(checkOfCode[error.code] ?? 'queue', error.message, error.hint)
}

function checkServer(report: NatsReport, findings: Findings): void {
  const { version, serverName, cluster, tls, roundTripMs, storageBytes, storageLimitBytes, maxPayload } =
    report
  const where = cluster === null ? '' : ` of the cluster ${printable(cluster)}`
  const detail = `${isId(serverName) ? 'the server' : printable(serverName)}${where} answers in ${brief(roundTripMs)}, ${tls ? 'with' : 'without'} TLS`
  findings.ok('connection', detail)
  findings.ok('version', `nats-server ${version}`)
  const limit = storageLimitBytes === null ? '' : ` of ${formatBytes(storageLimitBytes)}`
  const stored = `enabled, ${formatBytes(storageBytes)}${limit} stored`
  if (storageLimitBytes !== null && storageBytes > 0.9 * storageLimitBytes) {
    findings.warning(
      'JetStream',
      stored,
      'Raise the storage limit of the account, or delete jobs that are over.',
    )
  } else findings.ok('JetStream', stored)
  if (maxPayload >= 1_048_576) return
  findings.failed(
    'max payload',
    `${formatBytes(maxPayload)}; records of large uploads take up to 1 MB`,
    'Set max_payload of the server to its default of 1 MB or more.',
  )
}

/** Times on a near network are fractions of milliseconds. */
function brief(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : formatDuration(ms)
}

/** A server without a name of its own is called by its public key. */
function isId(name: string): boolean {
  return /^N[A-Z2-7]{55}$/.test(name)
}

/** Undefined where the user may not list jobs, or there is not exactly one. */
async function onlyJob(engine: NatsEngine): Promise<string | undefined> {
  try {
    const names = await engine.list()
    return names.length === 1 ? names[0] : undefined
  } catch (error) {
    if (error instanceof JobsError && error.code === 'LAGOON_JOBS_PERMISSION_DENIED') return undefined
    throw error
  }
}

async function checkPermissions(
  engine: NatsEngine,
  { name, exists }: { name: string; exists: boolean },
  findings: Findings,
): Promise<void> {
  const { publish, subscribe } = await engine.denied(workerPermissions(name))
  if (publish.length + subscribe.length > 0) {
    const lacking = [
      ...(publish.length > 0 ? [`publish to ${publish.join(', ')}`] : []),
      ...(subscribe.length > 0 ? [`subscribe to ${subscribe.join(', ')}`] : []),
    ]
    findings.failed(
      'permissions',
      `this user may not ${lacking.join(', nor ')}`,
      'Grant these subjects; the lists below suffice.',
    )
    return
  }
  const operator = await engine.denied(operatorPermissions(name))
  if (operator.publish.length === 0) findings.ok('permissions', `an operator of the job ${name}`)
  else if (exists) findings.ok('permissions', `a worker of the job ${name}; not to create or delete it`)
  else {
    findings.warning(
      'permissions',
      `a worker of the job ${name}, which does not exist yet; this user may not create it`,
      'Start the job as a user with the permissions of an operator; workers join it then.',
    )
  }
}

/** What a worker does with records, in the job or in one that is deleted again. */
async function checkRecords(
  engine: NatsEngine,
  place: {
    job: JobEngine | null
    report: NatsReport
    replicas: number | undefined
    monitor: URL | undefined
  },
  findings: Findings,
): Promise<void> {
  const { replicas, report, monitor } = place
  const probe = `doctor-${crypto.randomUUID().slice(0, 8)}`
  let job = place.job
  try {
    job ??= await engine.create(probe, { leaseMs: 30_000, ...(replicas !== undefined && { replicas }) })
    const times = await timeRecords(job.records)
    findings.ok('records', `written in ${brief(times.writeMs)}, read in ${brief(times.readMs)} (medians)`)
    const copies = (await engine.replicasOf(job.job))?.records ?? 1
    const sync = await syncOfServer(report, monitor)
    const { status, detail, fix } = durabilityOf({ copies, clustered: report.cluster !== null, sync })
    if (status === 'warning') findings.warning('durability', detail, fix)
    else findings[status]('durability', detail)
  } catch (error) {
    const denied = error instanceof JobsError && error.code === 'LAGOON_JOBS_PERMISSION_DENIED'
    if (!denied || job !== null) throw error
    findings.skipped('records', 'there is no job to write to, and this user may not create one for the test')
  } finally {
    if (place.job === null && job !== null) await engine.delete(probe)
  }
}
