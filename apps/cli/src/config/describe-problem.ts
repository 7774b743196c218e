import type { z } from 'zod'
import { CliError } from '../errors/cli-error.js'
import { flags } from '../options/flags.js'
import { nearest } from '../text/nearest.js'
import { printable } from '../text/printable.js'
import { flagExpectation, storeExpectation, type Expectation } from './expectations.js'
import { commandLineFlag, flagKeys, isSecretKey, sides, storeKeys } from './file-keys.js'
import type { ConfigPath, ParsedConfig } from './parse-config.js'

/** What is wrong in a file: where, the given value, what is allowed, and the nearest valid one. */
export function configError(
  shown: string,
  parsed: ParsedConfig,
  issues: readonly z.core.$ZodIssue[],
): CliError {
  const problems = issues
    .map((issue) => problemOf(issue, parsed.value))
    .map((problem) => ({ ...problem, line: parsed.lineOf(problem.path) }))
    .sort((a, b) => a.line - b.line)
  const { line, message, hint } = problems[0]!
  const others = problems.slice(1, 6).map((problem) => `${shown}:${problem.line}`)
  const more = others.length === 0 ? '' : ` More to correct: ${others.join(', ')}.`
  return new CliError('LAGOON_CLI_CONFIG_INVALID', `${shown}:${line}: ${message}`, hint + more)
}

interface Problem {
  readonly path: ConfigPath
  readonly message: string
  readonly hint: string
}

function problemOf(issue: z.core.$ZodIssue, root: unknown): Problem {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)))
  if (issue.code === 'unrecognized_keys') return unknownKey([...path, issue.keys[0]!])
  if (issue.code === 'invalid_key')
    return {
      path,
      message: `${JSON.stringify(printable(String(path.at(-1))))} cannot be the name of a profile`,
      hint: 'Allowed: letters, digits, dots, hyphens and underscores.',
    }
  return wrongValue(path, valueAt(root, path))
}

function unknownKey(path: ConfigPath): Problem {
  const key = String(path.at(-1))
  const name = nameOf(path)
  const inStore = isStore(path.slice(0, -1))
  if (inStore && isSecretKey(key))
    return {
      path,
      message: `${name} is a secret and must not be stored in a file`,
      hint: `Name the variable that holds it: ${key}Env: PROD_SECRET. Set it in the environment or in .env.`,
    }
  const flag = inStore ? undefined : commandLineFlag(key)
  if (flag !== undefined)
    return {
      path,
      message: `${name} cannot be set in a file`,
      hint: `Use --${flag} on the command line.`,
    }
  const allowed = keysAt(path.slice(0, -1))
  const meant = nearest(key.replace(/^LAGOON_/i, ''), allowed)
  const all = allowed.length < 25 ? `Allowed: ${allowed.join(', ')}.` : '`lagoon config schema` prints all.'
  return {
    path,
    message: `${name}: unknown setting`,
    hint: meant === undefined ? all : `Did you mean ${meant}? ${all}`,
  }
}

function wrongValue(path: ConfigPath, value: unknown): Problem {
  const { allowed, meant, instead } = expectationOf(path, value)
  const given = instead ?? `is ${show(value)}`
  return {
    path,
    message: `${nameOf(path)} ${given}`,
    hint: `Allowed: ${allowed}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`,
  }
}

function expectationOf(path: ConfigPath, value: unknown): Expectation {
  const last = String(path.at(-1))
  if (path.length === 0 || isProfile(path) || last === 'profiles' || isStore(path))
    return { allowed: `a mapping${isStore(path) ? ` of ${keysAt(path).join(', ')}` : ''}` }
  if (isStore(path.slice(0, -1))) return storeExpectation(last, value)
  const found = flagKeys.find(({ key }) => key === last)
  return found === undefined ? { allowed: 'text' } : flagExpectation(flags[found.flag], value)
}

/** A profile, or the file as a whole, whose keys are nearly the same. */
function isProfile(path: ConfigPath): boolean {
  return path.length === 0 || (path.length === 2 && path[0] === 'profiles')
}

function isStore(path: ConfigPath): boolean {
  return (
    path.length > 0 && isProfile(path.slice(0, -1)) && (sides as readonly unknown[]).includes(path.at(-1))
  )
}

function keysAt(path: ConfigPath): string[] {
  if (isStore(path)) return storeKeys.map(({ key }) => key)
  const both = [...sides, ...flagKeys.map(({ key }) => key)]
  return path.length === 0 ? [...both, 'profiles'] : both
}

function valueAt(root: unknown, path: ConfigPath): unknown {
  return path.reduce<unknown>((value, part) => (value as Record<string | number, unknown>)?.[part], root)
}

function nameOf(path: ConfigPath): string {
  return path.length === 0 ? 'the file' : printable(path.join('.'))
}

function show(value: unknown): string {
  if (value === null || value === undefined) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  return typeof value === 'string' ? JSON.stringify(printable(value.slice(0, 80))) : String(value)
}
