import { readFileSync } from 'node:fs'
import { defineConfig } from 'rolldown'

/** One file for each way into the package whose directory is the current one: what it exports, and what it imports by a name of its own. */
const { exports = {}, imports = {} } = JSON.parse(readFileSync('package.json', 'utf8'))
const built = [...Object.values(exports), ...Object.values(imports)]
  .map((target) => /^\.\/dist\/(.+)\.js$/.exec(target.default ?? target)?.[1])
  .filter((name) => name !== undefined)

export default defineConfig({
  input: Object.fromEntries(built.map((name) => [name, `src/${name}.ts`])),
  platform: 'node',
  external: /^[^./]/,
  output: {
    dir: 'dist',
    cleanDir: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'shared/[name].js',
  },
})
