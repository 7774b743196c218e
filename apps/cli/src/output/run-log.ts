import type { ListingEvent, RunLimits, SyncEvent } from '@lagoon/sync'
import { formatCount, formatCountOf } from './format.js'
import type { Logger } from './logger.js'
import { oneLine } from './one-line.js'
import { printable } from './printable.js'

/** Failures of one code that are logged one by one; the rest of them are counted (all of them at DEBUG). */
export const failuresShownPerCode = 5

export interface RunLog {
  log(event: SyncEvent): void
  /** Says how often what was said once has happened. */
  close(): void
}

/** Turns the events of a run into log lines, few enough to be read: what repeats is said once and counted. */
export function createRunLog(logger: Logger): RunLog {
  const failures = new Map<string, number>()
  const warnings = new Map<string, number>()
  let dryRun = false
  return {
    log(event) {
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
          logger.info(event, `limits changed (${event.reason}): ${describeLimits(event)}`)
          return
        case 'stopping':
          logger.info(event, event.reason)
          return
        default:
      }
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

/** `max-concurrency 64, max-bytes-per-second none` */
function describeLimits(limits: RunLimits): string {
  return limitNames
    .flatMap((name) => (limits[name] === undefined ? [] : `${flagOf(name)} ${limits[name] ?? 'none'}`))
    .join(', ')
}

const limitNames = ['minConcurrency', 'maxConcurrency', 'maxBytesPerSecond', 'maxRequestsPerSecond'] as const

function flagOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
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
      return `listing ${place}; copying begins meanwhile`
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

function logFailure(logger: Logger, event: Extract<SyncEvent, { type: 'failure' }>, times: number): void {
  const where = `manifest ${event.manifest} row ${event.row}`
  const line = `${event.key === '' ? where : event.key}: ${event.message} (${event.code}, ${where}, ${formatCountOf(event.attempts, 'attempt')})`
  if (times > failuresShownPerCode) logger.debug(event, line)
  else logger.warn(event, line)
  logCauses(logger, event)
}

function describeStart({
  source,
  destination,
  dataDir,
  dryRun,
}: Extract<SyncEvent, { type: 'start' }>): string {
  return dryRun
    ? `dry run from ${source} to ${destination}, state in ${dataDir}`
    : `copying ${source} to ${destination}, state in ${dataDir}`
}
