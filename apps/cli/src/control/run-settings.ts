import { isFlagName } from '../options/flags.js'
import { resolveLogLevel, numberFlag, sizeFlag, textFlag, type LogLevel } from '../options/flag-values.js'
import type { Settings } from '../options/settings.js'
import { defaults, resolveConcurrency } from '../options/sync-options.js'
import { CliError } from '../errors/cli-error.js'
import { printable } from '../text/printable.js'
import { readSchedule, type Changes } from './changes.js'
import type { OperatorLimits } from './governor.js'
import type { Schedule } from './schedule.js'

/** The settings of a run that may change during the run, from flags and files. */
export interface RunSettings {
  readonly limits: OperatorLimits
  readonly schedule: Schedule | null
  readonly logLevel: LogLevel
}

/** @throws CliError for whatever is wrong with them */
export function resolveRunSettings(settings: Settings): RunSettings {
  const { min, max, fixed } = resolveConcurrency(settings)
  return {
    limits: {
      concurrency: fixed ?? null,
      minConcurrency: min ?? 1,
      maxConcurrency: max ?? defaults.maxConcurrency,
      maxBytesPerSecond: sizeFlag(settings, 'max-bytes-per-second') ?? null,
      maxRequestsPerSecond: numberFlag(settings, 'max-requests-per-second') ?? null,
    },
    schedule: resolveSchedule(settings),
    logLevel: resolveLogLevel(settings),
  }
}

/** The result of reloading settings. */
interface Reloaded {
  readonly changes: Changes
  /** Flags and variables whose new values apply now. */
  readonly applied: readonly string[]
  /** Those whose new values apply from the next run on. */
  readonly needRestart: readonly string[]
}

/**
 * Compares settings that were read again with those before; what may change during a run is compared with what the run has, which
 * `lagoon ctl set` may have changed.
 * @param names flags and variables that the run takes
 */
export function compareSettings(
  before: Settings,
  after: Settings,
  names: Iterable<string>,
  running: RunSettings,
): Reloaded {
  const now = resolveRunSettings(after)
  // A number in flight cannot become bounds during a run, or the reverse.
  const sameKind = (now.limits.concurrency === null) === (running.limits.concurrency === null)
  const changes: Changes[] = []
  const applied: string[] = []
  const needRestart: string[] = []
  for (const name of names) {
    const change = changeOf(name, now, sameKind)
    const held = change && holds(name, running, now)
    if (held ?? valueOf(before, name) === valueOf(after, name)) continue
    if (change === undefined) needRestart.push(name)
    else {
      applied.push(name)
      changes.push(change)
    }
  }
  return { changes: Object.assign({}, ...changes) as Changes, applied, needRestart }
}

/** Whether the run has what a setting says now; undefined for a setting without a direct effect on a run. */
function holds(name: string, running: RunSettings, now: RunSettings): boolean | undefined {
  const fixed = running.limits.concurrency !== null
  const same = (limit: keyof OperatorLimits): boolean => running.limits[limit] === now.limits[limit]
  switch (name) {
    case 'concurrency':
      return fixed ? same('concurrency') : undefined
    case 'min-concurrency':
      return fixed ? undefined : same('minConcurrency')
    case 'max-concurrency':
      return fixed ? undefined : same('maxConcurrency')
    case 'max-bytes-per-second':
      return same('maxBytesPerSecond')
    case 'max-requests-per-second':
      return same('maxRequestsPerSecond')
    case 'schedule':
      return running.schedule?.text === now.schedule?.text
    case 'schedule-time-zone':
      return running.schedule?.timeZone === now.schedule?.timeZone
    case 'log-level':
      return running.logLevel === now.logLevel
    default:
      return undefined
  }
}

/** What a setting changes during a run; undefined if it cannot. */
function changeOf(
  name: string,
  { limits, schedule, logLevel }: RunSettings,
  sameKind: boolean,
): Changes | undefined {
  const { concurrency, minConcurrency, maxConcurrency, maxBytesPerSecond, maxRequestsPerSecond } = limits
  switch (name) {
    case 'concurrency':
    case 'no-controller':
    case 'min-concurrency':
    case 'max-concurrency':
      if (!sameKind) return undefined
      return concurrency === null ? { minConcurrency, maxConcurrency } : { concurrency }
    case 'max-bytes-per-second':
      return { maxBytesPerSecond }
    case 'max-requests-per-second':
      return { maxRequestsPerSecond }
    case 'schedule':
    case 'schedule-time-zone':
      return { schedule }
    case 'log-level':
      return { logLevel }
    default:
      return undefined
  }
}

/** As given, from any place; secrets are compared like everything else, and only names are shown. */
function valueOf(settings: Settings, name: string): string | undefined {
  return isFlagName(name)
    ? settings
        .all(name)
        .map(({ value }) => value)
        .join('\n')
    : settings.variable(name)?.value
}

function resolveSchedule(settings: Settings): Schedule | null {
  const timeZone = textFlag(settings, 'schedule-time-zone')
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    throw new CliError(
      'LAGOON_CLI_INVALID_VALUE',
      `${settings.flag('schedule-time-zone')!.origin}: unknown time zone ${JSON.stringify(printable(timeZone))}`,
      'Use a name of the IANA database, such as UTC or Europe/Berlin.',
    )
  }
  return textFlag(settings, 'schedule') === undefined
    ? null
    : readSchedule(settings.flag('schedule')!, timeZone)
}

function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
