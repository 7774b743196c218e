import type { InspectedManifest } from '../commands/manifest-inspect.js'
import { formatBytes, formatCount, formatCountOf } from './format.js'
import { printable } from './printable.js'
import type { Style } from './style.js'

/** @param view.limit manifests that are listed; @param view.where what was searched */
export function renderManifests(
  manifests: readonly InspectedManifest[],
  view: { readonly limit: number; readonly where: string },
  style: Style,
): string {
  if (manifests.length === 0) return `No manifest lies under ${printable(view.where)}.\n`
  const lines = manifests.slice(0, view.limit).flatMap((manifest) => describe(manifest, style))
  if (manifests.length > view.limit) {
    lines.push(`and ${formatCount(manifests.length - view.limit)} more (--limit, or --json for all)`)
  }
  const rows = manifests.reduce((sum, manifest) => sum + ('rows' in manifest ? manifest.rows : 0), 0)
  lines.push(`${formatCountOf(manifests.length, 'manifest')}, ${formatCountOf(rows, 'row')}.`)
  return `${lines.join('\n')}\n`
}

function describe(manifest: InspectedManifest, style: Style): string[] {
  const size = manifest.sizeBytes === null ? '' : `  ${formatBytes(manifest.sizeBytes)}`
  const title = `${style.bold(printable(manifest.key))}${size}`
  if (!('rows' in manifest)) {
    const hint = manifest.hint === undefined ? '' : ` ${manifest.hint}`
    return [title, `  ${style.red(printable(`${manifest.message}${hint} (${manifest.code})`))}`]
  }
  const { column, rows, rowGroups, objectBytes, firstKeys } = manifest
  const bytes = objectBytes === null ? '' : `, objects of ${formatBytes(objectBytes)}`
  return [
    title,
    `  ${formatCountOf(rows, 'row')} in ${formatCountOf(rowGroups, 'row group')}, keys in column ${printable(column)}${bytes}`,
    ...firstKeys.map((key) => `    ${key === null ? style.red('(no usable key)') : printable(key)}`),
  ]
}
