import type { ManifestRef, ManifestStore } from '@lagoon/manifest'
import type { ManifestLocation, SourceStores } from '@lagoon/sync'
import type { InspectedManifest, ManifestProblem } from '../inspect/inspected-manifest.js'
import { CliError } from '../errors/cli-error.js'
import { exitCodes } from '../errors/exit-codes.js'
import { resolveEndpoint } from '../options/endpoint.js'
import { booleanFlag, numberFlag, textFlag } from '../options/flag-values.js'
import { defaults } from '../options/sync-options.js'
import { describeFailure } from '../output/describe-failure.js'
import { renderManifests } from '../inspect/render-manifests.js'
import type { CommandContext, CommandOutcome } from '../output/command.js'

interface InspectionOptions {
  readonly bucket: string
  readonly column?: string
  readonly keys: number
  readonly everyRow: boolean
}

/** Keys to show of a manifest. */
const sampleKeys = 5

/** Inspects manifests by ranged reads: the given ones, at the source or on this machine, or all under the prefix. */
export async function run({ settings, positionals }: CommandContext): Promise<CommandOutcome> {
  const source = resolveEndpoint(settings, 'source')
  const prefix = textFlag(settings, 'manifest-prefix') ?? defaults.manifestPrefix
  const column = textFlag(settings, 'manifest-column')
  const limit = numberFlag(settings, 'limit') ?? 20
  const inspection = {
    bucket: source.bucket,
    ...(column === undefined ? {} : { column }),
    keys: positionals.length === 0 ? 0 : sampleKeys,
    everyRow: booleanFlag(settings, 'every-row'),
  }
  const [{ discoverManifests }, { manifestLocation, SourceStores }] = await Promise.all([
    import('@lagoon/manifest'),
    import('@lagoon/sync'),
  ])
  const locations = positionals.map((name) => manifestLocation(name, source.bucket))
  const stores = new SourceStores(source)
  const inspected: InspectedManifest[] = []
  try {
    if (locations.length === 0 || locations.some(({ kind }) => kind === 'object')) {
      await stores.of(source.bucket).probe()
    }
    if (locations.length === 0) {
      const store = stores.of(source.bucket)
      for await (const ref of discoverManifests(store, { prefix }))
        inspected.push(await inspect(store, ref, inspection))
    }
    for (const location of locations) inspected.push(await inspectNamed(stores, location, inspection))
  } finally {
    await stores.close()
  }
  const unreadable = inspected.filter(({ problem }) => problem !== null).length
  const rows = inspected.reduce((sum, { description }) => sum + (description?.rows ?? 0), 0)
  return {
    exitCode: unreadable > 0 ? exitCodes.failures : exitCodes.ok,
    rows: () => inspected,
    data: { type: 'manifests', manifests: inspected.length, unreadable, rows },
    render: (style) => renderManifests(inspected, { limit, where: `${source.bucket}/${prefix}` }, style),
  }
}

async function inspectNamed(
  stores: SourceStores,
  location: ManifestLocation,
  inspection: InspectionOptions,
): Promise<InspectedManifest> {
  if (location.kind === 'standard input') {
    const hint = 'Use a key of the source bucket, s3://bucket/key, or a path that begins with ./ or /.'
    throw new CliError(
      'LAGOON_CLI_INVALID_VALUE',
      '- cannot be inspected: standard input can be read only once',
      hint,
    )
  }
  const { manifestName } = await import('@lagoon/sync')
  const key =
    location.kind === 'file' ? location.path : manifestName(location.bucket, location.key, inspection.bucket)
  let store: ManifestStore
  let ref: ManifestRef
  try {
    if (location.kind === 'file') {
      const { localManifest } = await import('@lagoon/manifest')
      ;({ store, ref } = await localManifest(location.path))
    } else {
      const bucket = stores.of(location.bucket)
      const { etag, sizeBytes } = await bucket.head({ key: location.key })
      store = bucket
      ref = { key: location.key, etag, sizeBytes }
    }
  } catch (error) {
    return {
      type: 'manifest',
      key,
      etag: null,
      sizeBytes: null,
      description: null,
      problem: problemOf(error),
    }
  }
  return { ...(await inspect(store, ref, inspection)), key }
}

async function inspect(
  store: ManifestStore,
  ref: ManifestRef,
  inspection: InspectionOptions,
): Promise<InspectedManifest> {
  const { key, etag, sizeBytes } = ref
  const found = { type: 'manifest', key, etag, sizeBytes } as const
  try {
    const { inspectManifest } = await import('@lagoon/manifest')
    const { problem, ...description } = await inspectManifest(store, ref, inspection)
    return { ...found, description, problem: problem === null ? null : problemOf(problem) }
  } catch (error) {
    return { ...found, description: null, problem: problemOf(error) }
  }
}

function problemOf(error: unknown): ManifestProblem {
  const { type: _, ...problem } = describeFailure(error).data
  return problem
}
