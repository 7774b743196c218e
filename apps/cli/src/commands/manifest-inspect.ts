import { resolve } from 'node:path'
import type { ManifestRef, ManifestStore } from '@lagoon/manifest'
import type { Store } from '@lagoon/transfer'
import type { InspectedManifest, ManifestProblem } from '../answers/inspected-manifest.js'
import { exitCodes } from '../exit-codes.js'
import { resolveEndpoint } from '../options/endpoint.js'
import { booleanFlag, numberFlag, textFlag } from '../options/flag-values.js'
import { defaults } from '../options/sync-options.js'
import { describeFailure } from '../output/describe-failure.js'
import { renderManifests } from '../output/render-manifests.js'
import type { CommandContext, CommandOutcome } from './command.js'

interface HowToLook {
  readonly bucket: string
  readonly column?: string
  readonly keys: number
  readonly everyRow: boolean
}

/** Keys that are shown of a manifest that was named. */
const sampleKeys = 5

/** Looks into manifests by ranged reads: those that are named, at the source or on this machine, or all under the prefix. */
export async function run({ settings, positionals }: CommandContext): Promise<CommandOutcome> {
  const source = resolveEndpoint(settings, 'source')
  const prefix = textFlag(settings, 'manifest-prefix') ?? defaults.manifestPrefix
  const column = textFlag(settings, 'manifest-column')
  const limit = numberFlag(settings, 'limit') ?? 20
  const look = {
    bucket: source.bucket,
    ...(column === undefined ? {} : { column }),
    keys: positionals.length === 0 ? 0 : sampleKeys,
    everyRow: booleanFlag(settings, 'every-row'),
  }
  const [{ discoverManifests }, { createStore }] = await Promise.all([
    import('@lagoon/manifest'),
    import('@lagoon/transfer'),
  ])
  const store = createStore(source)
  const inspected: InspectedManifest[] = []
  try {
    if (positionals.length === 0 || !positionals.every(isPath)) await store.probe()
    if (positionals.length === 0) {
      for await (const ref of discoverManifests(store, { prefix }))
        inspected.push(await inspect(store, ref, look))
    }
    for (const key of positionals) inspected.push(await inspectNamed(store, key, look))
  } finally {
    await store.close()
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

/** As `--manifest` of `sync` takes it. */
function isPath(name: string): boolean {
  return /^\.{0,2}\//.test(name)
}

async function inspectNamed(bucket: Store, name: string, look: HowToLook): Promise<InspectedManifest> {
  const key = isPath(name) ? resolve(name) : name
  let store: ManifestStore = bucket
  let ref: ManifestRef
  try {
    if (isPath(name)) {
      const { localManifest } = await import('@lagoon/manifest')
      ;({ store, ref } = await localManifest(key))
    } else {
      const { etag, sizeBytes } = await bucket.head({ key })
      ref = { key, etag, sizeBytes }
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
  return inspect(store, ref, look)
}

async function inspect(store: ManifestStore, ref: ManifestRef, look: HowToLook): Promise<InspectedManifest> {
  const { key, etag, sizeBytes } = ref
  const found = { type: 'manifest', key, etag, sizeBytes } as const
  try {
    const { inspectManifest } = await import('@lagoon/manifest')
    const { problem, ...description } = await inspectManifest(store, ref, look)
    return { ...found, description, problem: problem === null ? null : problemOf(problem) }
  } catch (error) {
    return { ...found, description: null, problem: problemOf(error) }
  }
}

function problemOf(error: unknown): ManifestProblem {
  const { type: _, ...problem } = describeFailure(error).data
  return problem
}
