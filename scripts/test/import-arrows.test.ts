import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Who may import whom: the arrows of docs/architecture.md. */
const ALLOWED: Record<string, readonly string[]> = {
  '@lagoon/aimd': [],
  '@lagoon/jobs': [],
  '@lagoon/manifest': [],
  '@lagoon/state-lmdb': [],
  '@lagoon/transfer': [],
  '@lagoon/s3-sandbox': [],
  '@lagoon/testkit': ['@lagoon/s3-sandbox'],
  '@lagoon/sync': [
    '@lagoon/aimd',
    '@lagoon/jobs',
    '@lagoon/manifest',
    '@lagoon/state-lmdb',
    '@lagoon/transfer',
  ],
}
/** devDependencies that the build draws into a package's files, so that users don't install them: docs/adr/0007-runtime-dependencies.md. */
const BUILT_IN: Record<string, readonly string[]> = {
  '@lagoon/cli': ['@clack/prompts', 'leven', 'yargs'],
  '@lagoon/manifest': ['hyparquet', 'hyparquet-writer'],
}
const APPS = new Set(['@lagoon/cli', '@lagoon/bench'])

const packages = ['packages', 'apps'].flatMap((group) =>
  readdirSync(`${root}${group}`).map((name) => {
    const dir = `${root}${group}/${name}`
    const manifest = JSON.parse(readFileSync(`${dir}/package.json`, 'utf8')) as {
      name: string
      dependencies?: object
    }
    const { name: packageName, dependencies = {} } = manifest
    return {
      name: packageName,
      dir,
      dependencies: [...Object.keys(dependencies), ...(BUILT_IN[packageName] ?? [])],
    }
  }),
)

function sourcesOf(dir: string): string[] {
  return readdirSync(`${dir}/src`, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${dir}/src/${file}`)
}

const IMPORT =
  /^(?:import|export)\b(?:[^'\n]|\n(?!(?:import|export)\b))*?from '([^']+)'|\bimport\('([^']+)'\)|^import '([^']+)'/gm

function importsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(IMPORT)].map((match) => (match[1] ?? match[2] ?? match[3])!)
}

it.each(packages.filter(({ name }) => !APPS.has(name)))(
  '$name imports only the packages that the architecture allows it',
  ({ name, dir }) => {
    const wrong = sourcesOf(dir).flatMap((file) =>
      importsOf(file)
        .filter((specifier) => specifier.startsWith('@lagoon/'))
        .filter(
          (specifier) =>
            !ALLOWED[name]!.some((allowed) => specifier === allowed || specifier.startsWith(`${allowed}/`)),
        )
        .map((specifier) => `${file.slice(root.length)} imports ${specifier}`),
    )
    expect(wrong).toEqual([])
  },
)

it.each(packages)('$name declares every package that its source imports', ({ name, dir, dependencies }) => {
  const undeclared = sourcesOf(dir).flatMap((file) =>
    importsOf(file)
      .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
      .map((specifier) =>
        specifier
          .split('/')
          .slice(0, specifier.startsWith('@') ? 2 : 1)
          .join('/'),
      )
      .filter((dependency) => dependency !== name && !dependencies.includes(dependency))
      .map((dependency) => `${file.slice(root.length)} imports ${dependency}`),
  )
  expect(undeclared).toEqual([])
})

it.each(packages)('$name reaches no other package by a relative path', ({ dir }) => {
  const wrong = sourcesOf(dir).flatMap((file) =>
    importsOf(file).filter((specifier) => /(^|\/)\.\.\/.*(src|dist)\//.test(specifier)),
  )
  expect(wrong).toEqual([])
})
