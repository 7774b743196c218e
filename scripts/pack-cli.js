// Packs the command line with the libraries of this repository inside, as one tarball for `npm i -g`: `node scripts/pack-cli.js [directory]`.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packPackages } from './pack-packages.js'

/**
 * Makes one tarball of the packed CLI and the packed libraries. Their third-party dependencies are left to npm.
 *
 * @param {ReturnType<typeof packPackages>} packed
 * @param {string} directory absolute path of an existing directory
 * @returns the path of the tarball
 */
export function bundleCli(packed, directory) {
  const work = mkdtempSync(join(tmpdir(), 'lagoon-bundle-'))
  try {
    const cli = packed.find(({ manifest }) => manifest.name === '@lagoon/cli')
    const libraries = packed.filter((found) => found !== cli)
    const content = join(work, 'package')
    extract(cli.tarball, content)
    const { scripts: _, devDependencies: __, ...manifest } = readManifest(content)
    for (const library of libraries) {
      const target = join(content, 'node_modules', library.manifest.name)
      extract(library.tarball, target)
      // npm expects what only bundled packages depend on in the tarball, too: all dependencies become those of the CLI.
      const { dependencies, ...rest } = readManifest(target)
      writeManifest(target, rest)
      manifest.dependencies = { ...dependencies, ...manifest.dependencies }
    }
    manifest.bundleDependencies = libraries.map((library) => library.manifest.name)
    writeManifest(content, manifest)
    const tarball = join(directory, `lagoon-cli-${manifest.version}.tgz`)
    tar(['-czf', tarball, '-C', work, 'package'])
    return tarball
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** @param {string} directory */
function readManifest(directory) {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
}

/**
 * @param {string} directory
 * @param {object} manifest
 */
function writeManifest(directory, manifest) {
  writeFileSync(join(directory, 'package.json'), JSON.stringify(manifest, null, 2))
}

/**
 * @param {string} tarball
 * @param {string} target
 */
function extract(tarball, target) {
  mkdirSync(target, { recursive: true })
  tar(['-xzf', tarball, '-C', target, '--strip-components=1'])
}

/** @param {string[]} args */
function tar(args) {
  const { status, stderr, error } = spawnSync('tar', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`tar ${args.join(' ')} failed: ${stderr}`, { cause: error })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const directory = resolve(process.argv[2] ?? '.')
  const work = mkdtempSync(join(tmpdir(), 'lagoon-packed-'))
  try {
    const tarball = relative(process.cwd(), bundleCli(packPackages(work), directory))
    console.log(`${tarball}\nInstall it with: npm i -g ./${tarball}`)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
