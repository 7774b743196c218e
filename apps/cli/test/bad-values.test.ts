import { expect, test } from 'vitest'
import { flagKeys, storeKeys } from '../src/config/file-keys.js'
import { commandNames, commands } from '../src/command-specs/commands.js'
import type { Flag } from '../src/options/flags/flag.js'
import { flagNames, flags, variableOf, type FlagName } from '../src/options/flags.js'
import { nearest } from '../src/text/nearest.js'
import { parseArguments } from '../src/command-line/parse-arguments.js'
import { bytesOf } from '../src/text/byte-size.js'
import { parseChoice, parseNumber, parseSize } from '../src/options/parse-value.js'
import type { Setting } from '../src/options/setting.js'
import { unknownVariables } from '../src/options/settings.js'
import { variableNames } from '../src/options/variables.js'
import { configOf } from './support/config-file.js'
import { failureOf } from './support/failure-of.js'

/** A slip of the finger: the last letter but one is missing. */
const slip = (word: string) => word.slice(0, -2) + word.slice(-1)

const setting = (name: FlagName, value: string): Setting => ({ value, origin: `--${name}`, from: 'flag' })

const of = <Kind extends Flag['kind']>(...kinds: Kind[]) =>
  flagNames
    .map((name) => ({ name, flag: flags[name] as Flag }))
    .filter((entry): entry is { name: FlagName; flag: Extract<Flag, { kind: Kind }> } =>
      (kinds as string[]).includes(entry.flag.kind),
    )

test.each(of('integer', 'number'))(
  '--$name reports its range, and the nearest valid number',
  ({ name, flag }) => {
    const { minimum, maximum } = flag
    for (const [given, meant] of [
      [maximum + 1, maximum],
      [minimum - 1, minimum],
    ]) {
      expect(failureOf(() => parseNumber(setting(name, String(given)), flag))).toMatchObject({
        code: 'LAGOON_CLI_INVALID_VALUE',
        message: `--${name} is "${given}"`,
        hint: expect.stringMatching(
          new RegExp(
            `^Allowed: a (?:whole )?number from ${minimum} to ${maximum}\\. Did you mean ${meant}\\?$`,
          ),
        ),
      })
    }
    expect(failureOf(() => parseNumber(setting(name, 'many'), flag)).hint).toMatch(
      /^Allowed: a .*number from /,
    )
  },
)

test.each(of('size'))(
  '--$name takes a size with a unit, and reports the nearest valid size',
  ({ name, flag }) => {
    const { minimum, maximum } = flag
    expect(parseSize(setting(name, '64 mib'), flag)).toBe(64 * 2 ** 20)
    for (const [given, meant] of [
      [maximum + 1, maximum],
      ...(minimum === 0 ? [] : [[minimum - 1, minimum] as const]),
    ] as const) {
      const { message, hint } = failureOf(() => parseSize(setting(name, String(given)), flag))
      expect(message).toBe(`--${name} is "${given}"`)
      expect(bytesOf(/Did you mean (.+)\?$/.exec(hint)![1]!)).toBe(meant)
    }
    const { hint } = failureOf(() => parseSize(setting(name, '64 M'), flag))
    expect(hint).toMatch(/^Allowed: bytes, or a number with kB, .* from .* to .*\. Did you mean 64MB\?$/)
    expect(failureOf(() => parseSize(setting(name, 'fast'), flag)).hint).not.toContain('Did you mean')
  },
)

test.each(of('choice'))('--$name reports its values, and the nearest to a misspelt one', ({ name, flag }) => {
  for (const choice of flag.choices) {
    const given = slip(choice)
    if (flag.choices.some((other) => other.toLowerCase() === given.toLowerCase())) continue
    const { message, hint } = failureOf(() => parseChoice(setting(name, given), flag.choices))
    expect(message).toBe(`--${name} is "${given}"`)
    expect(hint).toContain(`Allowed: ${flag.choices.join(', ')}.`)
    expect(hint).toContain(`Did you mean ${nearest(given, flag.choices)}?`)
  }
})

test.each(of('boolean'))('--$name reports that it takes true or false', ({ name }) => {
  expect(failureOf(() => parseArguments([`--${name}=treu`]))).toMatchObject({
    message: `--${name} is "treu"`,
    hint: 'Allowed: true or false. Did you mean true?',
  })
})

test.each(commandNames.map((name) => ({ name })))(
  'a slip in a flag of $name is answered with that flag',
  ({ name }) => {
    for (const flag of commands[name].flags) {
      const given = slip(flag)
      if ((commands[name].flags as readonly string[]).includes(given)) continue
      const { message, hint } = failureOf(() => parseArguments([...name.split(' '), `--${given}`, 'x']))
      expect(message).toContain(`--${given}`)
      // Where two flags are as near, either is a response.
      expect(hint).toMatch(/Did you mean --[a-z0-9-]+\?|Write --|Set it as |do(?:es)?\. Run/)
    }
  },
)

test('a misspelt variable is answered with an existing one', () => {
  for (const name of variableNames) {
    const given = slip(name)
    if (variableNames.includes(given)) continue
    const [line = ''] = unknownVariables({ environment: { [given]: 'x' }, dotEnv: {} })
    expect(line).toContain(`${given} is ignored: no such variable. Did you mean `)
    expect(variableNames).toContain(/Did you mean (\w+)\?/.exec(line)?.[1])
  }
})

test('a misspelt key in a file is answered with an existing one', () => {
  const known = new Set([...flagKeys, ...storeKeys].map(({ key }) => key))
  for (const { key } of flagKeys) {
    const { hint } = failureOf(() => configOf(`${slip(key)}: x`))
    expect(known).toContain(/Did you mean (\w+)\?/.exec(hint)?.[1])
  }
  for (const { key } of storeKeys) {
    const { hint } = failureOf(() => configOf(`source: { ${slip(key)}: x }`))
    expect(known).toContain(/Did you mean (\w+)\?/.exec(hint)?.[1])
  }
})

test('an error about a value names its origin', () => {
  const flag = { kind: 'integer', minimum: 1, maximum: 100 } as const
  for (const origin of [
    variableOf('max-attempts'),
    'LAGOON_MAX_ATTEMPTS in .env',
    'lagoon.config.yaml:3: maxAttempts',
  ])
    expect(failureOf(() => parseNumber({ value: '0', origin, from: 'file' }, flag)).message).toBe(
      `${origin} is "0"`,
    )
})
