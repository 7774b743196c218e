import type { ManifestRef } from '@lagoon/manifest'
import type { Store } from '@lagoon/transfer'
import { exitCodes } from '../exit-codes.js'
import { resolveEndpoint } from '../options/endpoint.js'
import { numberFlag, textFlag } from '../options/parse-value.js'
import { defaults } from '../options/sync-options.js'
import { describeFailure } from '../output/describe-failure.js'
import { renderManifests } from '../output/render-manifests.js'
import type { CommandContext, CommandOutcome } from './command.js'

/** What is known of one manifest: its shape, or what is wrong with it. A line each under `--json`. */
export type InspectedManifest = {
  readonly type: 'manifest'
  readonly key: string
  readonly sizeBytes: number | null
} & (
  | {
      readonly etag: string
      /** Column that the keys come from. */
      readonly column: string
      readonly rows: number
      readonly rowGroups: number
      /** Bytes of the objects that it names, where a column or the footer says so. */
      readonly objectBytes: number | null
      /** The first keys, of manifests that were named. */
      readonly firstKeys: readonly (string | null)[]
    }
  | { readonly code: string; readonly message: string; readonly hint?: string }
)

const sampleKeys = 5

/** Opens manifests at the source by ranged reads: those that are named, or all under the prefix. */
export async function run(context: CommandContext): Promise<CommandOutcome> {
  const { settings, positionals } = context
  const source = resolveEndpoint(settings, 'source')
  const prefix = textFlag(settings, 'manifest-prefix') ?? defaults.manifestPrefix
  const column = textFlag(settings, 'manifest-column')
  const limit = numberFlag(settings, 'limit') ?? 20
  const [{ discoverManifests }, { createStore }] = await Promise.all([
    import('@lagoon/manifest'),
    import('@lagoon/transfer'),
  ])
  const store = createStore(source)
  const inspected: InspectedManifest[] = []
  const open = { bucket: source.bucket, ...(column === undefined ? {} : { column }) }
  try {
    await store.probe()
    if (positionals.length === 0) {
      for await (const ref of discoverManifests(store, { prefix }))
        inspected.push(await inspect(store, ref, open, 0))
    }
    for (const key of positionals) inspected.push(await inspectNamed(store, key, open))
  } finally {
    await store.close()
  }
  const readable = inspected.filter((manifest) => 'rows' in manifest)
  const data = {
    type: 'manifests',
    manifests: inspected.length,
    unreadable: inspected.length - readable.length,
    rows: readable.reduce((sum, { rows }) => sum + rows, 0),
  }
  return {
    exitCode: data.unreadable > 0 ? exitCodes.failures : exitCodes.ok,
    rows: () => inspected,
    data,
    render: (style) => renderManifests(inspected, { limit, where: `${source.bucket}/${prefix}` }, style),
  }
}

async function inspectNamed(
  store: Store,
  key: string,
  open: { bucket: string; column?: string },
): Promise<InspectedManifest> {
  try {
    const { etag, sizeBytes } = await store.head({ key })
    return await inspect(store, { key, etag, sizeBytes }, open, sampleKeys)
  } catch (error) {
    const { code, message, hint } = describeFailure(error).data
    return { type: 'manifest', key, sizeBytes: null, code, message, ...(hint === undefined ? {} : { hint }) }
  }
}

async function inspect(
  store: Store,
  ref: ManifestRef,
  open: { bucket: string; column?: string },
  sample: number,
): Promise<InspectedManifest> {
  const { key, etag, sizeBytes } = ref
  try {
    const { openManifest } = await import('@lagoon/manifest')
    const reader = await openManifest(store, ref, open)
    const firstKeys: (string | null)[] = []
    if (sample > 0) {
      for await (const { keys } of reader.batches({ skipRowGroup: (index) => index > 0 })) {
        firstKeys.push(...keys.slice(0, sample))
        break
      }
    }
    const { column, rows, rowGroups, bytes } = reader
    return {
      type: 'manifest',
      key,
      sizeBytes,
      etag,
      column,
      rows,
      rowGroups: rowGroups.length,
      objectBytes: bytes,
      firstKeys,
    }
  } catch (error) {
    const { code, message, hint } = describeFailure(error).data
    return { type: 'manifest', key, sizeBytes, code, message, ...(hint === undefined ? {} : { hint }) }
  }
}
