import { CliError } from '../errors/cli-error.js'
import { printable } from '../text/printable.js'
import { bytesOf, nearestSize, sizesAllowed, sizeText } from '../text/byte-size.js'
import type { NumberFlag, SizeFlag } from './flags/flag.js'
import { nearest } from '../text/nearest.js'
import type { Setting } from './setting.js'

const truths: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  '1': true,
  false: false,
  no: false,
  off: false,
  '0': false,
}

function invalid(setting: Setting, allowed: string, meant?: string): CliError {
  return new CliError(
    'LAGOON_CLI_INVALID_VALUE',
    `${setting.origin} is ${JSON.stringify(printable(setting.value))}`,
    `Allowed: ${allowed}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`,
  )
}

/** `true`, `yes`, `on`, `1` and their opposites, in any case. */
export function parseBoolean(setting: Setting): boolean {
  const value = truths[setting.value.trim().toLowerCase()]
  if (value === undefined) throw invalid(setting, 'true or false', nearestBoolean(setting.value))
  return value
}

/** `true` or `false` for a word that means or resembles one of them. */
export function nearestBoolean(given: string): string | undefined {
  return String(truths[given.trim().toLowerCase()] ?? nearest(given, ['true', 'false']) ?? '') || undefined
}

type NumberRange = Pick<NumberFlag, 'kind' | 'minimum' | 'maximum' | 'perSecond'>

/** What a number may be, for messages. */
export function allowedNumbers({ kind, minimum, maximum }: NumberRange): string {
  return `${kind === 'integer' ? 'a whole number' : 'a number'} from ${minimum} to ${maximum}`
}

/** The allowed number next to the one that was given; none where it was no number. */
export function nearestNumber(given: string, { kind, minimum, maximum }: NumberRange): string | undefined {
  const value = decimal(given)
  const whole = kind === 'integer' ? Math.round(value) : value
  return Number.isNaN(value) ? undefined : String(Math.min(Math.max(whole, minimum), maximum))
}

function decimal(text: string): number {
  const plain = text.trim().replace(/^\+/, '')
  return /^-?\d+(?:\.\d+)?$/.test(plain) ? Number(plain) : Number.NaN
}

/** What is given for all processes together, and how many share it: `10GB/16`, also with `/s`. */
function shared(text: string): { all: string; processes: number } {
  const [, all, processes] = /^(.*?)(?:\/s)?\/(\d+)(?:\/s)?$/.exec(text.trim()) ?? []
  if (all === undefined || Number(processes) < 1)
    return { all: text.trim().replace(/\/s$/, ''), processes: 1 }
  return { all, processes: Number(processes) }
}

/** A number within the range that the table gives the flag, in plain decimal notation. */
export function parseNumber(setting: Setting, range: NumberRange): number {
  const { all, processes } = range.perSecond ? shared(setting.value) : { all: setting.value, processes: 1 }
  const given = decimal(all) / processes
  const value = processes > 1 && range.kind === 'integer' ? Math.floor(given) : given
  const fits = value >= range.minimum && value <= range.maximum
  if (!fits || (range.kind === 'integer' && !Number.isInteger(value)))
    throw invalid(setting, allowedNumbers(range), nearestNumber(setting.value, range))
  return value
}

type SizeRange = Pick<SizeFlag, 'minimum' | 'maximum' | 'perSecond'>

/** What a size may be, for messages. */
export function allowedSizes({ minimum, maximum, perSecond }: SizeRange): string {
  return `${sizesAllowed}, from ${sizeText(minimum)} to ${sizeText(maximum)}${perSecond ? ' a second' : ''}`
}

/** Whole bytes within the range that the table gives the flag; `50MB/s` is as good as `50MB` where it is one a second. */
export function parseSize(setting: Setting, range: SizeRange): number {
  const { minimum, maximum, perSecond } = range
  const { all: text, processes } = perSecond ? shared(setting.value) : { all: setting.value, processes: 1 }
  const together = bytesOf(text)
  const bytes = together === undefined ? undefined : Math.floor(together / processes)
  if (bytes === undefined || bytes < minimum || bytes > maximum)
    throw invalid(setting, allowedSizes(range), nearestSize(text, range))
  return bytes
}

/** One of the choices, whatever its case; answers with the spelling of the table. */
export function parseChoice<T extends string>(setting: Setting, choices: readonly T[]): T {
  const wanted = setting.value.trim().toLowerCase()
  const choice = choices.find((candidate) => candidate.toLowerCase() === wanted)
  if (choice === undefined) throw invalid(setting, choices.join(', '), nearest(wanted, choices))
  return choice
}
