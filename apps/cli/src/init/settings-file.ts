import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { stringify } from 'yaml'
import { storeKeys } from '../config/file-keys.js'
import { CliError } from '../errors/cli-error.js'
import { prefixOf, type Side } from '../options/store-address.js'
import { printable } from '../text/printable.js'
import type { StoreAnswers } from './answers.js'

type SettingsFormat = 'env' | 'yaml'

export type BothStores = Readonly<Record<Side, StoreAnswers>>

/** The variables that both stores are set with. */
export function variablesOf(stores: BothStores): Record<string, string> {
  return Object.fromEntries(
    (['source', 'destination'] as const).flatMap((side) =>
      Object.entries(stores[side]).map(([name, value]) => [`${prefixOf[side]}${name}`, value]),
    ),
  )
}

/**
 * Writes the stores to a file that only this user can read. Of a `.env` that is there, all but the lines about stores stays.
 * @throws CliError LAGOON_CLI_FILE
 */
export function writeSettings(path: string, format: SettingsFormat, stores: BothStores): void {
  const text = format === 'yaml' ? yamlOf(stores) : envOf(path, stores)
  try {
    writeFileSync(`${path}.new`, text, { mode: 0o600, flag: 'wx' })
    renameSync(`${path}.new`, path)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new CliError(
      'LAGOON_CLI_FILE',
      `${printable(path)} cannot be written (${code})`,
      code === 'EEXIST'
        ? `Remove ${printable(path)}.new.`
        : 'Name a file in a directory that you may write to with --file.',
      { cause },
    )
  }
}

function envOf(path: string, stores: BothStores): string {
  const own = /^\s*(?:export\s+)?LAGOON_(?:SOURCE|DESTINATION)_[A-Z_]+\s*=/
  const kept = existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => !own.test(line))
    : ['# Stores of Lagoon Sync; .env.example in its repository lists every variable.']
  const lines = Object.entries(variablesOf(stores)).map(([name, value]) => `${name}=${quoted(name, value)}`)
  return `${[kept.join('\n').trimEnd(), ...lines].filter((line) => line !== '').join('\n')}\n`
}

function quoted(name: string, value: string): string {
  if (/^[\w./:@%+=,-]+$/.test(value)) return value
  const quote = [`'`, '"', '`'].find((mark) => !value.includes(mark))
  if (quote !== undefined && !/[\r\n]/.test(value)) return `${quote}${value}${quote}`
  throw new CliError(
    'LAGOON_CLI_INVALID_VALUE',
    `${name} cannot be written to .env`,
    'Set it in the environment.',
  )
}

/** A configuration file holds no secrets: it names the variables that do. */
function yamlOf(stores: BothStores): string {
  const sideOf = (side: Side) =>
    Object.fromEntries(
      Object.entries(stores[side]).map(([name, value]) => {
        const { key, reference } = storeKeys.find(({ setting }) => setting === name)!
        return [key, reference ? `${prefixOf[side]}${name}` : value]
      }),
    )
  return stringify({ source: sideOf('source'), destination: sideOf('destination') })
}
