import { JobsError } from '../errors.js'
import { sweep } from '../items/sweep.js'
import { joinJob, type Job } from '../job.js'
import type { Clock, Engine } from '../ports.js'
import { decode } from '../records/json.js'
import { decodeMeta } from '../records/meta-record.js'
import { META } from '../records/names.js'

/** Records that describe the present workers and roles. */
const PASSING = /^(?:worker|role)\./

interface ExportedLine {
  readonly key: string
  /** A record, unchanged. */
  readonly json?: object
  /** A chunk of failures, in base64. */
  readonly base64?: string
}

/**
 * All records of a job as lines of JSON, without line ends: a backup, and a way to move to another engine. Pause the job first: records
 * that are written during the export may or may not be included, which costs repeated work and nothing else.
 */
export async function* exportJob(job: Job): AsyncIterable<string> {
  for await (const stored of job.records.list('>')) {
    if (PASSING.test(stored.key)) continue
    const line: ExportedLine = stored.key.startsWith('fail.')
      ? { key: stored.key, base64: Buffer.from(stored.value).toString('base64') }
      : { key: stored.key, json: decode(stored) }
    yield JSON.stringify(line)
  }
}

/**
 * Creates a job from an export, and publishes messages for the remaining work.
 *
 * @param name of the new job, which must not exist
 * @throws {JobsError} `LAGOON_JOBS_JOB_EXISTS`, `LAGOON_JOBS_RECORD_DAMAGED` with the number of the line
 */
export async function importJob(
  engine: Engine,
  name: string,
  lines: AsyncIterable<string> | Iterable<string>,
  { replicas, clock }: { replicas?: number; clock?: Clock } = {},
): Promise<Job> {
  if ((await engine.list()).includes(name)) {
    throw new JobsError(
      'LAGOON_JOBS_JOB_EXISTS',
      `the queue already has a job ${name}`,
      'Import it under another name, or delete the job first.',
    )
  }
  const records: { key: string; value: Uint8Array }[] = []
  let number = 0
  for await (const text of lines) {
    number += 1
    if (text.trim() !== '') records.push(readLine(text, number))
  }
  const meta = records.find(({ key }) => key === META)
  if (meta === undefined) throw damagedExport('it has no line for the job itself')
  const { leaseMs } = decodeMeta({ ...meta, revision: 0, writtenAt: 0 })
  const opened = await engine.create(name, { leaseMs, ...(replicas !== undefined && { replicas }) })
  // `meta` last: without it no worker can join.
  for (const { key, value } of records) if (key !== META) await opened.records.put(key, value)
  await opened.records.put(META, meta.value)
  const job = await joinJob(engine, { job: name, ...(clock !== undefined && { clock }) })
  await sweep(job)
  return job
}

function readLine(text: string, number: number): { key: string; value: Uint8Array } {
  let line: Partial<ExportedLine>
  try {
    line = JSON.parse(text) as Partial<ExportedLine>
  } catch (error) {
    throw damagedLine(number, 'it is not JSON', error)
  }
  const { key, json, base64 } = line
  if (typeof key !== 'string' || !/^[a-z]+(?:\.[A-Za-z0-9_-]+)*$/.test(key)) {
    throw damagedLine(number, 'it names no record')
  }
  if (typeof base64 === 'string') return { key, value: Buffer.from(base64, 'base64') }
  if (typeof json !== 'object' || json === null) throw damagedLine(number, 'it holds no record')
  return { key, value: Buffer.from(JSON.stringify(json)) }
}

function damagedLine(number: number, why: string, cause?: unknown): JobsError {
  return damagedExport(`line ${number}: ${why}`, cause)
}

function damagedExport(why: string, cause?: unknown): JobsError {
  return new JobsError(
    'LAGOON_JOBS_RECORD_DAMAGED',
    `the export cannot be used: ${why}`,
    'Use a file that `exportJob` wrote, complete and unchanged.',
    { cause },
  )
}
