import type { RowFilter } from '@lagoon/sync'
import { CliError } from '../errors/cli-error.js'
import { printable } from '../text/printable.js'
import { sizeFlag, textFlag } from './flag-values.js'
import type { Setting } from './setting.js'
import type { Settings } from './settings.js'

type ParsedFlag = 'filter-regex' | 'modified-from' | 'modified-before'

/** Which rows of the manifests to read; undefined without filters. Throws the first problem. */
export function resolveRowFilter(settings: Settings): RowFilter | undefined {
  const parsed = <T>(name: ParsedFlag, parse: (setting: Setting) => T): T | undefined =>
    textFlag(settings, name) === undefined ? undefined : parse(settings.flag(name)!)
  const all = {
    prefix: textFlag(settings, 'filter-prefix'),
    glob: textFlag(settings, 'filter-glob'),
    pattern: parsed('filter-regex', parsePattern),
    minSizeBytes: sizeFlag(settings, 'min-size'),
    maxSizeBytes: sizeFlag(settings, 'max-size'),
    modifiedFrom: parsed('modified-from', parseTime),
    modifiedBefore: parsed('modified-before', parseTime),
  }
  const given = Object.entries(all).filter(([, value]) => value !== undefined)
  return given.length === 0 ? undefined : (Object.fromEntries(given) as RowFilter)
}

function parsePattern(setting: Setting): RegExp {
  try {
    return new RegExp(setting.value, 'u')
  } catch (cause) {
    throw invalid(setting, "JavaScript's regular expressions, for example \\.parquet$", cause)
  }
}

/** A day, which begins at midnight UTC, or a time with a zone: nothing depends on the machine's location. */
function parseTime(setting: Setting): Date {
  const text = setting.value.trim()
  const iso = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/
  const time = new Date(iso.test(text) ? text : Number.NaN)
  // Date treats the 31st of February as a day in March.
  const day = Number(text.slice(8, 10))
  const lastDay = new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate()
  if (Number.isNaN(time.getTime()) || day > lastDay) {
    throw invalid(
      setting,
      'a day or a time with its zone, 2026-01-31, 2026-01-31T12:00:00Z or 2026-01-31T12:00+02:00',
    )
  }
  return time
}

function invalid(setting: Setting, allowed: string, cause?: unknown): CliError {
  return new CliError(
    'LAGOON_CLI_INVALID_VALUE',
    `${setting.origin} is ${JSON.stringify(printable(setting.value))}`,
    `Allowed: ${allowed}.`,
    cause === undefined ? {} : { cause },
  )
}
