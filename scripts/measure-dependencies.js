// What each runtime dependency costs, for docs/adr/0007-runtime-dependencies.md: packages and bytes installed with it
// alone, and the CPU time that importing it adds to `node -e 0` (median of 11, alternating).
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pnpm, publicPackages } from './pack-packages.js'

const ROUNDS = 11
const catalog = readFileSync(new URL('../pnpm-workspace.yaml', import.meta.url), 'utf8')
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1]

function exactVersion(name, range) {
  if (range !== 'catalog:') return range
  return new RegExp(`^ {2}'?${name}'?: (.+)$`, 'm').exec(catalog)[1]
}

/** Milliseconds of CPU that a program takes from its start to its end. */
function cpuMs(directory, program) {
  const tell = 'const u = process.cpuUsage(); console.log((u.user + u.system) / 1000)'
  const args = ['--input-type=module', '--eval', `${program};${tell}`]
  const { stdout } = spawnSync(process.execPath, args, { cwd: directory, encoding: 'utf8' })
  return Number(stdout)
}

function measure(name, version) {
  const directory = mkdtempSync(join(tmpdir(), 'lagoon-cost-'))
  try {
    writeFileSync(
      join(directory, 'package.json'),
      JSON.stringify({ private: true, dependencies: { [name]: version } }),
    )
    writeFileSync(join(directory, 'pnpm-workspace.yaml'), 'packages: []\nnodeLinker: hoisted\n')
    pnpm(['install', '--prefer-offline', '--ignore-scripts'], { cwd: directory })
    const files = readdirSync(join(directory, 'node_modules'), {
      recursive: true,
      withFileTypes: true,
    }).filter((entry) => entry.isFile())
    const bytes = files.reduce(
      (sum, { parentPath, name: file }) => sum + statSync(join(parentPath, file)).size,
      0,
    )
    const lock = readFileSync(join(directory, 'pnpm-lock.yaml'), 'utf8')
    const packages = lock.slice(lock.indexOf('\nsnapshots:')).match(/^ {2}\S.*:/gm)?.length ?? 0
    const added = Array.from({ length: ROUNDS }, () => {
      const bare = cpuMs(directory, '0')
      return cpuMs(directory, `await import('${name}')`) - bare
    })
    return { packages, mebibytes: bytes / 2 ** 20, importMs: median(added) }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const dependencies = new Map(
  publicPackages()
    .flatMap(({ manifest }) => Object.entries(manifest.dependencies ?? {}))
    .filter(([name]) => !name.startsWith('@lagoon/')),
)
console.log('| dependency | version | packages | MiB | import, ms of CPU |\n| --- | --- | --- | --- | --- |')
for (const [name, range] of [...dependencies].sort()) {
  const version = exactVersion(name, range)
  const { packages, mebibytes, importMs } = measure(name, version)
  console.log(`| \`${name}\` | ${version} | ${packages} | ${mebibytes.toFixed(1)} | ${importMs.toFixed(0)} |`)
}
