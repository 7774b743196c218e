import type { InspectedManifest } from './inspected-manifest.js'
import { formatBytes, formatCount, formatCountOf } from '../text/format.js'
import { oneLine } from '../text/one-line.js'
import { printable } from '../text/printable.js'
import type { Style } from '../text/style.js'

/** @param view.limit manifests that are listed; @param view.where what was searched */
export function renderManifests(
  manifests: readonly InspectedManifest[],
  view: { readonly limit: number; readonly where: string },
  style: Style,
): string {
  if (manifests.length === 0) return `No manifest under ${printable(view.where)}.\n`
  const lines = manifests.slice(0, view.limit).flatMap((manifest) => describe(manifest, style))
  if (manifests.length > view.limit) {
    lines.push(`and ${formatCount(manifests.length - view.limit)} more (--limit, or --json for all)`)
  }
  const rows = manifests.reduce((sum, { description }) => sum + (description?.rows ?? 0), 0)
  lines.push(`${formatCountOf(manifests.length, 'manifest')}, ${formatCountOf(rows, 'row')}.`)
  return `${lines.join('\n')}\n`
}

function describe({ key, sizeBytes, description, problem }: InspectedManifest, style: Style): string[] {
  const lines = [`${style.bold(printable(key))}${sizeBytes === null ? '' : `  ${formatBytes(sizeBytes)}`}`]
  if (description !== null) {
    const { rows, rowGroups, keyColumn, columns, createdBy, firstKeys, rowProblems, rowsRead } = description
    const codecs = [...new Set(rowGroups.map(({ codec }) => codec ?? 'no key column'))].join(', ')
    lines.push(
      `  ${formatCountOf(rows, 'row')} in ${formatCountOf(rowGroups.length, 'row group')} (${codecs}), ` +
        `${keyColumn === null ? 'no key column' : `keys in column ${printable(keyColumn)}`}` +
        `${createdBy === null ? '' : `, written by ${printable(createdBy)}`}`,
      `  columns: ${columns.map(({ path, type }) => `${printable(path)} ${type}`).join(', ')}`,
      ...firstKeys.map((first) => `    ${printable(first)}`),
      ...rowProblems.map(
        ({ index, message, code }) => `    ${style.red(`row ${index}: ${printable(message)} (${code})`)}`,
      ),
    )
    if (rowProblems.length > 0)
      lines.push(`  problems in the ${formatCountOf(rowsRead, 'row')} that were checked`)
  }
  if (problem !== null) lines.push(`  ${style.red(printable(oneLine(problem)))}`)
  return lines
}
