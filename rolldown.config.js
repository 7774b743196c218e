import { readFileSync, readdirSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { defineConfig } from 'rolldown'

/**
 * One file for each way into the package whose directory is the current one: what it exports, and what it imports by a name of its
 * own. What it lists in devDependencies and imports is drawn in, with what that depends on, and its licence beside it.
 */
const { exports = {}, imports = {}, devDependencies = {} } = JSON.parse(readFileSync('package.json', 'utf8'))
const built = [...Object.values(exports), ...Object.values(imports)]
  .map((target) => /^\.\/dist\/(.+)\.js$/.exec(target.default ?? target)?.[1])
  .filter((name) => name !== undefined)

function external(id, importer) {
  if (!/^[^./\0]/.test(id)) return false
  return importer?.includes('/node_modules/') ? isBuiltin(id) : !Object.hasOwn(devDependencies, id)
}

/** The licences of what was drawn in, as they ask for. */
const licences = {
  name: 'licences',
  generateBundle(_, bundle) {
    const modules = Object.values(bundle).flatMap(({ moduleIds = [] }) => moduleIds)
    const packages = new Set(modules.map((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0]))
    const texts = [...packages].filter(Boolean).sort().map(licenceOf)
    if (texts.length > 0)
      this.emitFile({ type: 'asset', fileName: 'LICENCES.txt', source: texts.join('\n\n') })
  },
}

function licenceOf(directory) {
  const { name, version } = JSON.parse(readFileSync(`${directory}/package.json`, 'utf8'))
  const file = readdirSync(directory).find((entry) => /^licen[cs]e/i.test(entry))
  if (file === undefined) throw new Error(`${name} has no licence file`)
  return `${name} ${version}\n\n${readFileSync(`${directory}/${file}`, 'utf8').trim()}\n`
}

export default defineConfig({
  input: Object.fromEntries(built.map((name) => [name, `src/${name}.ts`])),
  platform: 'node',
  external,
  // Text of ours is ASCII: the width of every emoji need not be known, which costs 60 ms of each start.
  resolve: { alias: { 'string-width': 'fast-string-width' } },
  plugins: [licences],
  output: {
    dir: 'dist',
    cleanDir: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'shared/[name].js',
  },
})
