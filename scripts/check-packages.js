// Packs each public package as it would be published and lints the tarball's contents with publint.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'

const root = fileURLToPath(new URL('..', import.meta.url))
let problems = 0
for (const group of ['packages', 'apps']) {
  for (const name of readdirSync(`${root}${group}`)) {
    const pkgDir = `${root}${group}/${name}`
    const manifest = JSON.parse(readFileSync(`${pkgDir}/package.json`, 'utf8'))
    if (manifest.private) continue
    const { messages } = await publint({ pkgDir, strict: true })
    for (const message of messages) {
      problems += 1
      console.error(`${manifest.name}: ${formatMessage(message, manifest)}`)
    }
  }
}
if (problems > 0) process.exit(1)
console.log('every public package is well formed')
