import { pathToFileURL } from 'node:url'
import { resolve } from 'node:path'
import { createController, type ControllerOptions } from '@lagoon/aimd'
import type { SimulatedController } from '@lagoon/aimd/simulator'
import { messageOf, usageError } from '../errors.js'

/** A control law under test: a fresh controller for every instance of every scenario. */
export interface NamedLaw {
  name: string
  create(): SimulatedController
}

/**
 * Parses a law on the command line: a preset (`adaptive`, `seed`), a preset with options (`adaptive:intervalMs=1000,decreaseFactor=0.9`),
 * or a module (`./my-law.js`) whose default export creates a controller. Throws `LAGOON_BENCH_USAGE` for anything else.
 */
export async function readLaw(text: string): Promise<NamedLaw> {
  if (/^[./]|^[A-Za-z]:\\/.test(text)) return readModule(text)
  const { preset, options } = parseLaw(text)
  const all = { preset, ...options } as Partial<ControllerOptions>
  try {
    createController(all)
  } catch (error) {
    throw usageError(`--law ${text}: ${messageOf(error)}`, 'Options are those of @lagoon/aimd, in its units.')
  }
  return { name: text, create: () => createController(all) }
}

/** Parses `preset:name=number,…`; the controller validates the options. */
export function parseLaw(text: string): { preset: string; options: Record<string, number> } {
  const [preset, rest = ''] = splitOnce(text, ':')
  const options: Record<string, number> = {}
  for (const pair of rest.split(',').filter((part) => part !== '')) {
    const [name, value = ''] = splitOnce(pair, '=')
    if (!knownOptions.has(name) || value.trim() === '' || !Number.isFinite(Number(value))) {
      throw usageError(
        `--law ${text}: "${pair}" is not an option and a number`,
        `Options: ${[...knownOptions].join(', ')}.`,
      )
    }
    options[name] = Number(value)
  }
  return { preset, options }
}

const knownOptions = new Set<keyof ControllerOptions | string>([
  'minConcurrency',
  'maxConcurrency',
  'startConcurrency',
  'intervalMs',
  'minIntervalMs',
  'errorRateThreshold',
  'rttSpikeFactor',
  'rttSmoothing',
  'decreaseFactor',
  'increaseAmount',
  'warmupIntervals',
])

async function readModule(path: string): Promise<NamedLaw> {
  let create: unknown
  try {
    create = ((await import(pathToFileURL(resolve(path)).href)) as { default?: unknown }).default
  } catch (error) {
    throw usageError(`--law ${path} can't be loaded: ${messageOf(error)}`)
  }
  if (typeof create !== 'function') {
    throw usageError(
      `--law ${path} has no function as its default export`,
      'Export default () => a controller.',
    )
  }
  return { name: path, create: create as () => SimulatedController }
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}
