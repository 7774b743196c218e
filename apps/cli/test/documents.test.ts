import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { expect, test } from 'vitest'
import { resolveSyncOptions } from '../src/options/sync-options.js'
import { createSettings } from '../src/options/settings.js'
import { shardsVariable, variableNames } from '../src/options/variables.js'
import { flagNames } from '../src/options/flags.js'
import { commandNames } from '../src/command-specs/commands.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const read = (path: string) => readFileSync(`${root}/${path}`, 'utf8')
const matches = (text: string, pattern: RegExp) => [...new Set(text.match(pattern))].sort()

test('.env.example contains every variable, and no others', () => {
  const named = matches(read('.env.example'), /(?<=^(?:# )?)LAGOON_[A-Z_]+(?==)/gm)
  expect(named).toEqual(variableNames.toSorted())
})

test('.env.example is a valid configuration as it is', () => {
  const settings = createSettings({ flags: {}, environment: {}, dotEnv: parseEnv(read('.env.example')) })
  expect(resolveSyncOptions(settings)).toMatchObject({ source: { bucket: 'my-lake' } })
})

test('the README contains every command, flag and variable', () => {
  const readme = read('apps/cli/README.md')
  for (const flag of flagNames) expect(readme).toContain(`\`--${flag}\``)
  for (const command of commandNames) expect(readme).toContain(`lagoon ${command}`)
  for (const variable of variableNames.filter((name) => name.startsWith('LAGOON_SOURCE_'))) {
    expect(readme).toContain(variable.replace('LAGOON_SOURCE_', '…_'))
  }
})

test('docs/errors.md explains every error code, and no code that does not exist', () => {
  // The testkit's codes are for those who work on the repository.
  const sources = globSync(['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts', 'apps/*/bin/*.js'], {
    cwd: root,
  }).filter((path) => !path.includes('testkit'))
  const pattern = /\bLAGOON_[A-Z]+(?:_[A-Z0-9]+)*\b/g
  // A code is a string or in a text for people; what is read from an environment is a variable.
  const variables = new Set([
    ...variableNames,
    shardsVariable,
    ...sources.flatMap((path) => environmentReads(read(path))),
  ])
  const codes = new Set<string>()
  for (const path of sources) {
    for (const code of read(path).match(pattern) ?? []) if (!variables.has(code)) codes.add(code)
  }
  const explained = (read('docs/errors.md').match(/(?<=^\| `)LAGOON_[A-Z0-9_]+(?=`)/gm) ?? []).toSorted()
  expect(explained).toEqual([...codes].sort())
})

function environmentReads(source: string): string[] {
  return source.match(/(?<=\benv(?:ironment)?\??\.)LAGOON_[A-Z0-9_]+/g) ?? []
}
