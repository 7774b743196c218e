import { CliError } from '../errors/cli-error.js'
import { flags } from '../options/flags.js'
import { enumerate, nearest } from '../text/nearest.js'
import { type LogLevel } from '../options/flag-values.js'
import { parseChoice, parseNumber, parseSize } from '../options/parse-value.js'
import type { Setting } from '../options/setting.js'
import { printable } from '../text/printable.js'
import { parseSchedule, scheduleAllowed, type Schedule } from './schedule.js'

/** Settings of a run that may change during the run; null removes a cap. Omitted settings stay as they are. */
export interface Changes {
  readonly concurrency?: number
  readonly minConcurrency?: number
  readonly maxConcurrency?: number
  readonly maxBytesPerSecond?: number | null
  readonly maxRequestsPerSecond?: number | null
  readonly schedule?: Schedule | null
  readonly logLevel?: LogLevel
}

const parsers = {
  concurrency: (setting) => ({ concurrency: parseNumber(setting, flags.concurrency) }),
  'min-concurrency': (setting) => ({ minConcurrency: parseNumber(setting, flags['min-concurrency']) }),
  'max-concurrency': (setting) => ({ maxConcurrency: parseNumber(setting, flags['max-concurrency']) }),
  'max-bytes-per-second': (setting) => ({
    maxBytesPerSecond: orNone(setting, (given) => parseSize(given, flags['max-bytes-per-second'])),
  }),
  'max-requests-per-second': (setting) => ({
    maxRequestsPerSecond: orNone(setting, (given) => parseNumber(given, flags['max-requests-per-second'])),
  }),
  schedule: (setting, timeZone) => ({ schedule: orNone(setting, (given) => readSchedule(given, timeZone)) }),
  'log-level': (setting) => ({ logLevel: parseChoice(setting, flags['log-level'].choices) }),
} as const satisfies Record<string, (setting: Setting, timeZone?: string) => Changes>

type ChangeableName = keyof typeof parsers

/** Settings that may change during a run, by the names of their flags. */
const changeableNames = Object.keys(parsers) as ChangeableName[]

/**
 * Parses values by the names of their flags; `none` removes a cap.
 * @param timeZone of the schedule; by default this machine's
 * @throws CliError LAGOON_CLI_USAGE, LAGOON_CLI_INVALID_VALUE
 */
export function parseChanges(
  settings: Iterable<readonly [name: string, setting: Setting]>,
  timeZone?: string,
): Changes {
  let changes: Changes = {}
  for (const [name, setting] of settings) {
    if (!Object.hasOwn(parsers, name)) {
      const meant = nearest(name, changeableNames)
      throw new CliError(
        'LAGOON_CLI_USAGE',
        `${printable(name)} cannot be changed during a run`,
        `These can: ${enumerate(changeableNames)}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`,
      )
    }
    changes = { ...changes, ...parsers[name as ChangeableName](setting, timeZone) }
  }
  return changes
}

/** The pairs of `lagoon ctl set name=value …`. Throws CliError LAGOON_CLI_USAGE. */
export function parsePairs(words: readonly string[]): [name: string, value: string][] {
  return words.map((word) => {
    const at = word.indexOf('=')
    if (at > 0) return [word.slice(0, at), word.slice(at + 1)]
    throw new CliError(
      'LAGOON_CLI_USAGE',
      `${JSON.stringify(printable(word))} is not a change`,
      'Write name=value, for example max-concurrency=256 or max-bytes-per-second=none.',
    )
  })
}

/** Throws CliError LAGOON_CLI_INVALID_VALUE. */
export function readSchedule(setting: Setting, timeZone?: string): Schedule {
  try {
    return parseSchedule(setting.value, timeZone)
  } catch (cause) {
    throw new CliError(
      'LAGOON_CLI_INVALID_VALUE',
      `${setting.origin}: ${printable((cause as Error).message)}`,
      `Allowed: ${scheduleAllowed}.`,
      { cause },
    )
  }
}

function orNone<T>(setting: Setting, parse: (setting: Setting) => T): T | null {
  if (setting.value.trim().toLowerCase() === 'none') return null
  try {
    return parse(setting)
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    throw new CliError(error.code, error.message, `${error.hint} none removes it.`, { cause: error.cause })
  }
}
