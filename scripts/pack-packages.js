// Packs the public packages as they would be published: `node scripts/pack-packages.js <directory>`.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * The packages that are published, by name.
 *
 * @returns {{ directory: string; manifest: { name: string; version: string; dependencies?: Record<string, string> } }[]}
 */
export function publicPackages() {
  return ['packages', 'apps']
    .flatMap((group) => readdirSync(join(root, group)).map((name) => join(root, group, name)))
    .map((directory) => ({
      directory,
      manifest: JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')),
    }))
    .filter(({ manifest }) => manifest.private !== true)
}

/**
 * Runs pnpm, the one that runs this script if there is one.
 *
 * @param {string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} [options]
 */
export function pnpm(args, options = {}) {
  const own = process.env.npm_config_user_agent?.startsWith('pnpm/12.') ?? false
  const [command, ...before] = own ? ['pnpm'] : ['npx', '-y', 'pnpm@12']
  const run = spawnSync(command, [...before, ...args], {
    cwd: root,
    encoding: 'utf8',
    timeout: 120_000,
    ...options,
  })
  if (run.status === 0) return run.stdout
  throw new Error(`pnpm ${args.join(' ')} failed:\n${run.stdout}${run.stderr}`, { cause: run.error })
}

/**
 * Packs every public package into a directory.
 *
 * @param {string} directory absolute path; made if it isn't there
 * @returns the packages, each with the path of its tarball
 */
export function packPackages(directory) {
  mkdirSync(directory, { recursive: true })
  const packages = publicPackages()
  const filters = packages.flatMap(({ manifest }) => ['--filter', manifest.name])
  pnpm(['-r', ...filters, 'pack', '--pack-destination', directory])
  return packages.map((found) => {
    const { name, version } = found.manifest
    return { ...found, tarball: join(directory, `${name.slice(1).replace('/', '-')}-${version}.tgz`) }
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const directory = process.argv[2]
  if (directory === undefined || !isAbsolute(directory)) {
    console.error('usage: node scripts/pack-packages.js <absolute path of a directory>')
    process.exit(2)
  }
  for (const { tarball } of packPackages(directory)) console.log(tarball)
}
