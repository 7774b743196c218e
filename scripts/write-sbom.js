// Writes the bill of materials of what is published, in CycloneDX's format, to `artefacts/sbom.cdx.json` or the path
// given, and prints the licences in it. The CLI's holds that of every library.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pnpm } from './pack-packages.js'

/** @returns the bill of materials, parsed */
export function billOfMaterials() {
  const args = ['--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--prod']
  return JSON.parse(pnpm(['--filter', '@lagoon/cli', 'sbom', ...args], { maxBuffer: 64 * 1024 * 1024 }))
}

/**
 * The names of the packages under each licence; under `none` those that tell none.
 *
 * @returns {Map<string, string[]>}
 */
export function licencesOf({ components }) {
  const licences = new Map()
  for (const { group, name, licenses = [] } of components) {
    const named = licenses.map(({ license, expression }) => expression ?? license.id ?? license.name)
    const licence = named.join(' and ') || 'none'
    licences.set(licence, [...(licences.get(licence) ?? []), group ? `${group}/${name}` : name])
  }
  return licences
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = process.argv[2] ?? fileURLToPath(new URL('../artefacts/sbom.cdx.json', import.meta.url))
  const bill = billOfMaterials()
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, JSON.stringify(bill, null, 2))
  for (const [licence, names] of [...licencesOf(bill)].sort()) {
    console.log(`${licence}: ${[...new Set(names)].sort().join(', ')}`)
  }
  console.log(`written to ${path}; docs/adr/0007-runtime-dependencies.md says which licences are taken`)
}
