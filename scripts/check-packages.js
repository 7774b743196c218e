// Packs each public package as it would be published and lints the tarball: publint for what it holds and promises,
// @arethetypeswrong/core for whether its types are what Node and TypeScript find. The packages are ESM only.
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { problemAffectsResolutionKind, problemKindInfo } from '@arethetypeswrong/core/problems'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { packPackages } from './pack-packages.js'

/** The ways of resolving that matter to a package of ESM: `import` in Node, and a bundler's. */
const RESOLUTIONS = ['node16-esm', 'bundler']

async function lint(manifest, bytes) {
  const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
  const { messages } = await publint({ pack: { tarball }, strict: true })
  return messages.map((message) => formatMessage(message, manifest))
}

async function checkTypes(bytes) {
  const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(bytes)))
  if (!analysis.types) return ['has no types']
  return analysis.problems
    .filter((problem) => RESOLUTIONS.some((kind) => problemAffectsResolutionKind(problem, kind, analysis)))
    .map((problem) => `${problemKindInfo[problem.kind].title}: ${JSON.stringify(problem)}`)
}

const directory = mkdtempSync(join(tmpdir(), 'lagoon-packed-'))
let problems = 0
try {
  for (const { manifest, tarball } of packPackages(directory)) {
    const bytes = readFileSync(tarball)
    for (const problem of [...(await lint(manifest, bytes)), ...(await checkTypes(bytes))]) {
      problems += 1
      console.error(`${manifest.name}: ${problem}`)
    }
  }
} finally {
  rmSync(directory, { recursive: true, force: true })
}
if (problems > 0) process.exit(1)
console.log('every public package is well formed, packed')
