import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { ManifestRow, ManifestWriter, WrittenManifest } from '@lagoon/manifest'
import type { EndpointOptions } from '@lagoon/sync'
import { boundGarbage } from '../bound-garbage.js'
import { resolveRowSource, rowsOf } from '../create/row-source.js'
import type { RowPortions } from '../create/rows.js'
import { CliError } from '../errors.js'
import { exitCodes } from '../exit-codes.js'
import { resolveEndpoint } from '../options/endpoint.js'
import { booleanFlag, numberFlag, textFlag } from '../options/parse-value.js'
import { defaults } from '../options/sync-options.js'
import { describeFailure } from '../output/describe-failure.js'
import { formatBytes, formatCount, formatCountOf } from '../output/format.js'
import { printable } from '../output/printable.js'
import type { Style } from '../output/style.js'
import type { CommandContext, CommandOutcome } from './command.js'

/** What was written, the last line under `--json`. */
interface CreatedManifests {
  readonly type: 'created'
  readonly manifests: readonly (WrittenManifest & { readonly uploadedAs: string | null })[]
  readonly rows: number
  /** Null where a row had no size. */
  readonly bytes: number | null
  /** Keys that no manifest can hold, such as one that begins with `s3://`. */
  readonly refused: number
}

const noteEvery = 1_000_000

/** Makes Parquet manifests of the source bucket, some prefixes of it, a list of keys or a database, and puts them there if asked to. */
export async function run(context: CommandContext): Promise<CommandOutcome> {
  boundGarbage()
  const { settings, positionals } = context
  const source = resolveEndpoint(settings, 'source')
  const manifestPrefix = textFlag(settings, 'manifest-prefix') ?? defaults.manifestPrefix
  const rowSource = resolveRowSource(settings, positionals)
  const wantsUpload = booleanFlag(settings, 'upload')
  const [{ createManifestWriter }, { createStore }] = await Promise.all([
    import('@lagoon/manifest'),
    import('@lagoon/transfer'),
  ])
  const store = createStore(source)
  try {
    if (rowSource.needsStore || wantsUpload) await store.probe()
    const directory = textFlag(settings, 'output') ?? 'manifest'
    const writer = await createManifestWriter({
      directory,
      // What is new stands beside what was there: it must not take its name.
      ...(rowSource.onlyNew ? { name: `manifest-${timeInName()}` } : {}),
      rowsPerFile: numberFlag(settings, 'rows-per-file') ?? noteEvery,
    })
    const rows = await rowsOf(rowSource, { store, bucket: source.bucket, manifestPrefix, directory })
    const refused = await writeAll(writer, rows, context).catch(async (error: unknown) => {
      await writer.abandon()
      throw error
    })
    const written = await writer.close()
    const manifests = wantsUpload
      ? await upload(written, { source, prefix: manifestPrefix })
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

async function writeAll(
  writer: ManifestWriter,
  rows: RowPortions,
  { emit }: CommandContext,
): Promise<number> {
  let seen = 0
  let refused = 0
  const refuse = (why: string): void => {
    refused += 1
    emit({ type: 'note', message: printable(`left out: ${why}`) })
  }
  for await (const portion of rows) {
    const before = seen
    for (const row of portion) {
      const why = 'problem' in row ? row.problem : refusalOf(writer, row)
      if (why !== null) refuse(why)
      const idle = writer.idle()
      if (idle !== null) await idle
    }
    seen += portion.length
    if (Math.floor(seen / noteEvery) > Math.floor(before / noteEvery))
      emit({ type: 'note', message: `${formatCount(seen)} objects so far` })
  }
  return refused
}

/** Writes a row, or says why no manifest can hold it. */
function refusalOf(writer: ManifestWriter, row: ManifestRow): string | null {
  try {
    writer.write(row)
    return null
  } catch (error) {
    if (describeFailure(error).data.code !== 'LAGOON_MANIFEST_ROW_REFUSED') throw error
    return (error as Error).message
  }
}

async function upload(
  written: readonly WrittenManifest[],
  { source, prefix }: { source: EndpointOptions; prefix: string },
): Promise<CreatedManifests['manifests']> {
  const [{ bucketClient, storeAnswer }, { fixFor }, { PutObjectCommand }] = await Promise.all([
    import('../stores/bucket-client.js'),
    import('../stores/permissions.js'),
    import('@aws-sdk/client-s3'),
  ])
  const { bucket: Bucket } = source
  const client = bucketClient(source)
  const uploaded: CreatedManifests['manifests'][number][] = []
  try {
    for (const manifest of written) {
      const Key = `${prefix}${basename(manifest.path)}`
      const { size: ContentLength } = await stat(manifest.path)
      const Body = createReadStream(manifest.path)
      await client
        .send(new PutObjectCommand({ Bucket, Key, Body, ContentLength }))
        .catch((cause: unknown) => {
          const { code, detail } = storeAnswer(cause)
          const message = `${manifest.path} could not be put into ${Bucket} as ${Key}: ${detail}`
          const hint = `${fixFor(code, 's3:PutObject', Bucket, 'source')} The manifests are kept on this machine.`
          throw new CliError('LAGOON_CLI_UPLOAD_FAILED', message, hint, { cause })
        })
      uploaded.push({ ...manifest, uploadedAs: Key })
    }
    return uploaded
  } finally {
    client.destroy()
  }
}

function render(
  { manifests, rows, bytes, refused }: CreatedManifests,
  { bucket, manifestPrefix }: { bucket: string; manifestPrefix: string },
  style: Style,
): string {
  if (manifests.length === 0) return 'Nothing was found, so no manifest was written.\n'
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
      printable(`Put them under ${manifestPrefix} in ${bucket}, or repeat the command with --upload.`),
    )
  }
  return `${lines.join('\n')}\n`
}
