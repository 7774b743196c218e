import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { publicPackages } from '../pack-packages.js'

interface Manifest {
  name: string
  private?: boolean
  scripts?: Record<string, string>
  dependencies?: Record<string, string>
  peerDependencies?: object
  optionalDependencies?: object
}

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What each public package brings with it. A change belongs in docs/adr/0007-runtime-dependencies.md too. */
const EXPECTED: Record<string, readonly string[]> = {
  '@lagoon/aimd': [],
  '@lagoon/jobs': ['@nats-io/jetstream', '@nats-io/kv', '@nats-io/transport-node'],
  '@lagoon/manifest': [],
  '@lagoon/state-lmdb': ['lmdb'],
  '@lagoon/transfer': ['@aws-sdk/credential-provider-node', '@aws-sdk/credential-providers', 'saxes'],
  '@lagoon/s3-sandbox': ['fast-xml-parser'],
  '@lagoon/sync': [
    '@lagoon/aimd',
    '@lagoon/jobs',
    '@lagoon/manifest',
    '@lagoon/state-lmdb',
    '@lagoon/transfer',
    'xxhash-wasm',
  ],
  '@lagoon/cli': [
    '@aws-sdk/client-s3',
    '@lagoon/aimd',
    '@lagoon/jobs',
    '@lagoon/manifest',
    '@lagoon/s3-sandbox',
    '@lagoon/state-lmdb',
    '@lagoon/sync',
    '@lagoon/transfer',
    'log-update',
    'pg',
    'pg-cursor',
    'pino',
    'pino-pretty',
    'prom-client',
    'uplot',
    'yaml',
    'zod',
  ],
}

const packages = publicPackages().map(({ manifest }) => manifest as Manifest)
const catalog = readFileSync(`${root}pnpm-workspace.yaml`, 'utf8')

test('the runtime dependencies of every public package are listed here', () => {
  expect(packages.map(({ name }) => name).sort()).toEqual(Object.keys(EXPECTED).sort())
})

test.each(packages)('$name has only the decided dependencies', (manifest) => {
  expect(Object.keys(manifest.dependencies ?? {}).sort()).toEqual(EXPECTED[manifest.name])
  expect(manifest.peerDependencies).toBeUndefined()
  expect(manifest.optionalDependencies).toBeUndefined()
})

test.each(packages)('$name pins third-party packages to exact versions', ({ dependencies = {} }) => {
  const inexact = Object.entries(dependencies)
    .map(([name, range]) => [name, exactVersion(name, range)] as const)
    .filter(([name, version]) => !name.startsWith('@lagoon/') && !/^\d+\.\d+\.\d+$/.test(version))
  expect(inexact).toEqual([])
})

test('every runtime dependency has a line in its ADR', () => {
  const decision = readFileSync(`${root}docs/adr/0007-runtime-dependencies.md`, 'utf8')
  const names = Object.values(EXPECTED)
    .flat()
    .filter((name) => !name.startsWith('@lagoon/'))
  for (const name of names) expect(decision).toContain(`| \`${name}\``)
})

test('no package of the repository has an installation script', () => {
  const installing = ['packages', 'apps', 'examples']
    .flatMap((group) => readdirSync(root + group, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .flatMap(({ parentPath, name }) => {
      const text = readFileSync(`${parentPath}/${name}/package.json`, 'utf8')
      const { scripts = {} } = JSON.parse(text) as Manifest
      return Object.keys(scripts).map((script) => `${name}: ${script}`)
    })
    .filter((script) => /: (pre|post)?(install|prepare)$/.test(script))
  expect(installing).toEqual([])
})

/** `catalog:` stands for the version in pnpm-workspace.yaml. */
function exactVersion(name: string, range: string): string {
  if (range !== 'catalog:') return range
  return catalog.match(new RegExp(`^ {2}'?${name}'?: (.+)$`, 'm'))?.[1] ?? ''
}
