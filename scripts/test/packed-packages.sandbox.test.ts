import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSandbox } from '../../packages/s3-sandbox/dist/index.js'
import { bundleCli } from '../pack-cli.js'
import { packPackages, pnpm, publicPackages } from '../pack-packages.js'

/** An empty project outside the repository that installs the packages as tarballs; third-party packages come from pnpm's store. */
const project = mkdtempSync(join(tmpdir(), 'lagoon-stranger-'))
const names = publicPackages().map(({ manifest }) => manifest.name)
let packed: ReturnType<typeof packPackages>

beforeAll(() => {
  packed = packPackages(join(project, 'tarballs'))
  const tarballs = Object.fromEntries(
    packed.map(({ manifest, tarball }) => [manifest.name, `file:${tarball}`]),
  )
  const overrides = Object.entries(tarballs).map(([name, file]) => `  '${name}': '${file}'\n`)
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, dependencies: tarballs }))
  writeFileSync(join(project, 'pnpm-workspace.yaml'), `packages: []\noverrides:\n${overrides.join('')}`)
  cpSync(fileURLToPath(new URL('packed', import.meta.url)), project, { recursive: true })
  pnpm(['install', '--prefer-offline', '--ignore-scripts'], { cwd: project })
}, 180_000)

afterAll(() => rmSync(project, { recursive: true, force: true }))

/** The environment without the variables that pnpm sets for the programs that it runs. */
const ofNpm = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(?:npm|pnpm)_/i.test(name)),
)

const USED = {
  aimd: { doubled: [2, 4, 6], limit: 16, simulator: true },
  manifest: ['a', 'b'],
  state: [1, 0],
  transfer: [
    { threads: 1, ok: true, bytes: 8 },
    { threads: 2, ok: true, bytes: 8 },
  ],
  sync: { completed: 2, failed: 0, keys: ['a', 'b'] },
}

test.each([
  ['imported as ESM', 'main.mjs'],
  ['required from CommonJS', 'main.cjs'],
])('the packed libraries work in an empty project when they are %s', async (_how, program) => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(project, program)])
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual(USED)
})

test('the packed CLI, installed into an empty project, prints its version', async () => {
  const cli = join(project, 'node_modules/@lagoon/cli')
  const { version } = JSON.parse(readFileSync(join(cli, 'package.json'), 'utf8')) as { version: string }
  const { stdout } = await promisify(execFile)(process.execPath, [join(cli, 'bin/lagoon.js'), '--version'])
  expect(stdout.trim()).toContain(version)
})

test('npm i -g installs the CLI from one tarball, and the installed command copies', async () => {
  const tarball = bundleCli(packed, project)
  const prefix = join(project, 'global')
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--fetch-retries=1']
  const options = { cwd: project, env: { ...ofNpm, HOME: project }, timeout: 150_000 }
  await promisify(execFile)('npm', ['i', '-g', '--prefix', prefix, ...quiet, tarball], {
    ...options,
    env: ofNpm,
  })
  const lagoon = (...args: string[]) =>
    promisify(execFile)(process.execPath, [realpathSync(join(prefix, 'bin/lagoon')), ...args], options)
  const { version } = packed.find(({ manifest }) => manifest.name === '@lagoon/cli')!.manifest
  expect((await lagoon('--version')).stdout.trim()).toContain(version)
  const source = await startSandbox({ buckets: ['lake'] })
  const destination = await startSandbox({ buckets: ['copy'] })
  for (const key of ['a', 'b']) await source.store.put('lake', key, key)
  const settings = (side: string, { url, credentials }: typeof source) => ({
    [`LAGOON_${side}_ENDPOINT_URL`]: url,
    [`LAGOON_${side}_ACCESS_KEY_ID`]: credentials.accessKeyId,
    [`LAGOON_${side}_SECRET_ACCESS_KEY`]: credentials.secretAccessKey,
  })
  Object.assign(options.env, settings('SOURCE', source), settings('DESTINATION', destination))
  await lagoon('s3://lake', 's3://copy', '--threads', '2')
  expect(destination.store.keys('copy')).toEqual(['a', 'b'])
  await Promise.all([source.close(), destination.close()])
}, 180_000)

test('npm pack of a package is refused with the command to use', async () => {
  const packed = promisify(execFile)('npm', ['pack', '--dry-run'], {
    cwd: publicPackages()[0]!.directory,
    env: ofNpm,
  })
  await expect(packed).rejects.toMatchObject({ stderr: expect.stringContaining('Use pnpm pack') as string })
})

test.each(names)(
  '%s is compressed with its README, its licence and types, and without sources or tests',
  (name) => {
    const directory = join(project, 'node_modules', name)
    const { exports } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as {
      exports: Record<string, string | { types: string; default: string }>
    }
    for (const file of ['README.md', 'LICENSE'])
      expect(readFileSync(join(directory, file), 'utf8')).not.toBe('')
    for (const target of Object.values(exports)) {
      const files = typeof target === 'string' ? [target] : [target.types, target.default]
      for (const file of files) expect(readFileSync(join(directory, file), 'utf8')).not.toBe('')
    }
    for (const left of ['src', 'test', 'tsconfig.json']) expect(existsSync(join(directory, left))).toBe(false)
  },
)
