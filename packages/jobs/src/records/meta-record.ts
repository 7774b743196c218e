import { JobsError } from '../errors.js'
import type { StoredRecord } from '../ports.js'
import { decode } from './json.js'

/** The version of the records and messages. A worker with another version refuses to join. */
export const PROTOCOL = 1

/** `planning`: manifests may still be added. `open`: all are planned. `over`: nothing is left to do. */
export type JobState = 'planning' | 'open' | 'over'

/** Settings that every worker of a job must share, as they are shown to users. No secrets. */
export type JobSettings = Readonly<Record<string, string | number | boolean | null>>

export interface MetaRecord {
  readonly protocol: number
  readonly settings: JobSettings
  /** Time in ms after which another worker may take over. */
  readonly leaseMs: number
  readonly state: JobState
  /** Increases each time failed rows are put back. */
  readonly round: number
  /** Milliseconds since the epoch, by the clock of the job's creator; for display. */
  readonly createdAt: number
}

/** @throws {JobsError} `LAGOON_JOBS_PROTOCOL_DIFFERS` */
export function decodeMeta(stored: StoredRecord): MetaRecord {
  const meta = decode<MetaRecord>(stored)
  if (meta.protocol !== PROTOCOL) {
    throw new JobsError(
      'LAGOON_JOBS_PROTOCOL_DIFFERS',
      `the job uses version ${String(meta.protocol)} of the protocol, this program version ${PROTOCOL}`,
      'Use the same release on all machines of a job.',
    )
  }
  return meta
}

const show = (value: string | number | boolean | null | undefined): string => JSON.stringify(value ?? null)

/** @throws {JobsError} `LAGOON_JOBS_SETTINGS_DIFFER`, naming each setting and both values */
export function checkSettings(job: string, theirs: JobSettings, ours: JobSettings): void {
  const names = [...new Set([...Object.keys(theirs), ...Object.keys(ours)])].sort()
  const differ = names.filter((name) => (theirs[name] ?? null) !== (ours[name] ?? null))
  if (differ.length === 0) return
  const list = differ.map((name) => `${name} is ${show(theirs[name])} there and ${show(ours[name])} here`)
  throw new JobsError(
    'LAGOON_JOBS_SETTINGS_DIFFER',
    `the settings do not agree with those of the job ${job}: ${list.join('; ')}`,
    'Give every worker of a job the same settings, or use another job name.',
    { settings: differ },
  )
}
