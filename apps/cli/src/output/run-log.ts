import type { ListingEvent, RunLimits, SyncEvent } from '@lagoon/sync'
import { describeLimits } from './describe-limits.js'
import { formatCount, formatCountOf } from '../text/format.js'
import type { Logger } from './logger.js'
import { oneLine } from '../text/one-line.js'
import { printable } from '../text/printable.js'

/** Failures of one code that are logged one by one; the others are counted (all are logged at DEBUG). */
export const failuresShownPerCode = 5

/** Failures that are not logged again while they stay the same; those of a watch that has more are. */
const failuresRemembered = 10_000

type FailureEvent = Extract<SyncEvent, { type: 'failure' }>

interface RunLog {
  /** Returns false for a failure that an earlier round of a watch has reported and that has not changed. */
  log(event: SyncEvent): boolean
  /** Reports how often a message that was logged once occurred. */
  close(): void
}

/** Turns the events of a run into log lines, few enough to read: repeated messages are logged once and counted. */
export function createRunLog(logger: Logger): RunLog {
  const failures = new Map<string, number>()
  const warnings = new Map<string, number>()
  // The lowest lower bound leaves it to the controller.
  const held = new Map<string, unknown>([['minConcurrency', 1]])
  let dryRun = false
  // Each round of a watch tries again what failed, and most of it fails as it did before.
  const known = new Map<string, string>()
  const isKnown = ({ manifest, row, key, code, message }: FailureEvent): boolean => {
    const name = `${manifest}\0${row}\0${key}`
    const before = known.get(name)
    const now = `${code} ${message}`
    if (before !== undefined || known.size < failuresRemembered) known.set(name, now)
    return before === now
  }
  const logNew = (event: SyncEvent): void => {
    switch (event.type) {
      case 'start':
        dryRun = event.dryRun
        logger.info(event, describeStart(event))
        return
      case 'joined':
        logger.info(
          event,
          `worker ${event.worker} of job ${event.job}: copying ${event.source} to ${event.destination}`,
        )
        return
      case 'item':
        logger.debug(event, `item ${event.item} ${event.status}`)
        return
      case 'listing':
        logger.info(event, describeListing(event))
        return
      case 'manifest':
        logManifest(logger, event, dryRun)
        return
      case 'failure':
        logFailure(logger, event, count(failures, event.code))
        return
      case 'warning':
        if (count(warnings, `${event.code} ${event.message}`) > 1) logger.debug(event, event.message)
        else logger.warn(event, oneLine(event))
        return
      case 'decision':
        logger.debug(
          event,
          `concurrency ${event.previous} → ${event.limit}, ${event.action}: ${event.reason}`,
        )
        return
      case 'waiting':
        if (event.round === 1) logger.info(event, 'everything is copied; watching for new manifests')
        else logger.debug(event, `scan ${event.round} finished; next scan at ${event.until}`)
        return
      case 'paused':
      case 'resumed':
        logger.info(event, `${event.type} (${event.reason})`)
        return
      case 'limits':
        logger.info(event, `limits changed (${event.reason}): ${describeLimits(news(event, held))}`)
        return
      case 'stopping':
        logger.info(event, event.reason)
        return
      default:
    }
  }
  return {
    log(event) {
      const isNew = event.type !== 'failure' || !isKnown(event)
      if (isNew) logNew(event)
      else logger.debug(event, describeFailed(event))
      return isNew
    },
    close() {
      for (const [code, times] of failures) {
        if (times > failuresShownPerCode) {
          logger.warn(
            { code, times },
            `${code}: ${formatCountOf(times, 'failure')}, ${failuresShownPerCode} of them shown`,
          )
        }
      }
      for (const [warning, times] of warnings) {
        if (times > 1) logger.warn({ times }, `repeated ${formatCount(times)} times: ${warning}`)
      }
    },
  }
}

/** The limits that differ from those in `held`, which is updated. */
function news(limits: RunLimits, held: Map<string, unknown>): RunLimits {
  const { minConcurrency, maxConcurrency, maxBytesPerSecond, maxRequestsPerSecond } = limits
  const all = { minConcurrency, maxConcurrency, maxBytesPerSecond, maxRequestsPerSecond }
  const fresh = Object.entries(all).filter(([name, value]) => value !== undefined && held.get(name) !== value)
  for (const [name, value] of fresh) held.set(name, value)
  return Object.fromEntries(fresh)
}

function count(counts: Map<string, number>, name: string): number {
  const times = (counts.get(name) ?? 0) + 1
  counts.set(name, times)
  return times
}

function logManifest(logger: Logger, event: Extract<SyncEvent, { type: 'manifest' }>, dryRun: boolean): void {
  const rows = event.rows === null ? '' : `, ${formatCountOf(event.rows, 'row')}`
  if (event.status === 'failed') {
    const { key, message = 'could not be read' } = event
    const what = message.startsWith(`${key}: `) ? message : `${key}: ${message}`
    logger.error(event, oneLine({ ...event, message: `manifest ${what}` }))
    logCauses(logger, event)
  } else if (event.status === 'completed') {
    logger.info(event, `manifest ${event.key} ${dryRun ? 'read' : 'finished'}${rows}`)
  } else {
    logger.debug(event, `manifest ${event.key} ${event.status}${rows}`)
  }
}

function describeListing({ status, bucket, prefix, objects, startedAt }: ListingEvent): string {
  const place = printable(`s3://${bucket}/${prefix}`)
  const listed = formatCountOf(objects, 'object')
  switch (status) {
    case 'started':
      return `listing ${place}`
    case 'resumed':
      return `continuing the listing of ${place} after ${listed}`
    case 'kept':
      return `using the listing of ${place} from ${startedAt} (${listed}); --rescan lists it again`
    case 'finished':
      return `listed ${place}: ${listed}`
  }
}

function logCauses(
  logger: Logger,
  { code, causes = [] }: { code?: string; causes?: readonly string[] },
): void {
  for (const cause of causes) logger.debug({ code }, `caused by: ${cause}`)
}

function describeFailed(event: FailureEvent): string {
  const where = `manifest ${event.manifest} row ${event.row}`
  return `${event.key === '' ? where : event.key}: ${event.message} (${event.code}, ${where}, ${formatCountOf(event.attempts, 'attempt')})`
}

function logFailure(logger: Logger, event: FailureEvent, times: number): void {
  const line = describeFailed(event)
  if (times > failuresShownPerCode) logger.debug(event, line)
  else logger.warn(event, line)
  logCauses(logger, event)
}

function describeStart({
  source,
  destination,
  dataDir,
  dryRun,
  job,
}: Extract<SyncEvent, { type: 'start' }>): string {
  const where = job === undefined ? `state in ${dataDir}` : `job ${job}`
  return `${dryRun ? 'dry run from' : 'copying'} ${source} to ${destination}, ${where}`
}
