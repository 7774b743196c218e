import { limitHeap } from '../heap-limits.js'
import { resolveRowSource, rowsOf } from '../create/row-source.js'
import { uploadManifests, type UploadedManifest } from '../create/upload-manifests.js'
import { writeRows } from '../create/write-rows.js'
import { exitCodes } from '../errors/exit-codes.js'
import { resolveEndpoint } from '../options/endpoint.js'
import { booleanFlag, numberFlag, textFlag } from '../options/flag-values.js'
import { defaults } from '../options/sync-options.js'
import { formatBytes, formatCountOf } from '../text/format.js'
import { printable } from '../text/printable.js'
import type { Style } from '../text/style.js'
import type { CommandContext, CommandOutcome } from '../output/command.js'

/** The result, the last line under `--json`. */
interface CreatedManifests {
  readonly type: 'created'
  readonly manifests: readonly UploadedManifest[]
  readonly rows: number
  /** Null if a row had no size. */
  readonly bytes: number | null
  /** Keys that no manifest can hold, such as one that begins with `s3://`. */
  readonly refused: number
}

const defaultRows = 1_000_000

/**
 * Creates Parquet manifests from the source bucket, some prefixes of it, a list of keys or a database, and uploads them if requested.
 */
export async function run(context: CommandContext): Promise<CommandOutcome> {
  const { settings, positionals } = context
  const source = resolveEndpoint(settings, 'source')
  const manifestPrefix = textFlag(settings, 'manifest-prefix') ?? defaults.manifestPrefix
  const rowSource = resolveRowSource(settings, positionals)
  const wantsUpload = booleanFlag(settings, 'upload')
  const [{ createManifestWriter }, { createStore }] = await Promise.all([
    import('@lagoon/manifest'),
    import('@lagoon/transfer'),
  ])
  limitHeap()
  const store = createStore(source)
  try {
    if (rowSource.needsStore || wantsUpload) await store.probe()
    const directory = textFlag(settings, 'output') ?? 'manifest'
    const writer = await createManifestWriter({
      directory,
      // New manifests are stored beside existing ones and must not take their names.
      ...(rowSource.onlyNew ? { name: `manifest-${timeInName()}` } : {}),
      rowsPerFile: numberFlag(settings, 'rows-per-file') ?? defaultRows,
    })
    const done = context.beforeExit(async () => {
      await writer.abandon()
      const message = `Stopped: the incomplete manifest was deleted; those in ${directory} are complete.`
      context.emit({ type: 'note', message: printable(message) })
    })
    const rows = await rowsOf(rowSource, { store, bucket: source.bucket, manifestPrefix, directory })
    const refused = await writeRows(writer, rows, context.emit).catch(async (error: unknown) => {
      await writer.abandon()
      throw error
    })
    const written = await writer.close()
    done()
    const manifests = wantsUpload
      ? await uploadManifests(written, { source, prefix: manifestPrefix })
      : written.map((manifest) => ({ ...manifest, uploadedAs: null }))
    const data: CreatedManifests = {
      type: 'created',
      manifests,
      rows: written.reduce((sum, { rows }) => sum + rows, 0),
      bytes: sumOrNull(written.map(({ bytes }) => bytes)),
      refused,
    }
    return {
      exitCode: refused > 0 ? exitCodes.failures : exitCodes.ok,
      data,
      render: (style) => render(data, { bucket: source.bucket, manifestPrefix }, style),
    }
  } finally {
    await store.close()
  }
}

function timeInName(): string {
  return new Date().toISOString().replace(/[-:.]/g, '')
}

function sumOrNull(sizes: readonly (number | null)[]): number | null {
  return sizes.reduce((sum, size) => (sum === null || size === null ? null : sum + size), 0)
}

function render(
  { manifests, rows, bytes, refused }: CreatedManifests,
  { bucket, manifestPrefix }: { bucket: string; manifestPrefix: string },
  style: Style,
): string {
  if (manifests.length === 0) {
    return refused === 0
      ? 'Nothing was found, so no manifest was written.\n'
      : `${formatCountOf(refused, 'key')} left out: no manifest can hold them, so none was written.\n`
  }
  const lines = [
    [
      style.bold(formatCountOf(rows, 'object')),
      ...(bytes === null ? [] : [formatBytes(bytes)]),
      `in ${formatCountOf(manifests.length, 'manifest')}:`,
    ].join(', '),
    ...manifests.map(({ path, rows: own, uploadedAs }) => {
      const where = uploadedAs === null ? '' : ` → ${bucket}/${uploadedAs}`
      return printable(`  ${path}  ${formatCountOf(own, 'row')}${where}`)
    }),
  ]
  if (refused > 0)
    lines.push(style.red(`${formatCountOf(refused, 'key')} left out: no manifest can hold them.`))
  if (manifests[0]!.uploadedAs === null) {
    lines.push(
      '',
      printable(`Upload them to ${manifestPrefix} in ${bucket}, or repeat the command with --upload.`),
    )
  }
  return `${lines.join('\n')}\n`
}
