import { localManifest, openManifest } from '@lagoon/manifest'
import type { Store } from '@lagoon/transfer'
import { join } from 'node:path'
import { openOptionsOf, scopeOf, withTotals } from '../manifests/read-scope.js'
import type { ResolvedOptions } from '../options/options.js'
import type { ManifestRef, ManifestSource } from '../ports/manifests.js'
import { describeEndpoint } from '../rows/job-identity.js'
import { temporaryDirectory, type Cleanup } from '../cleanup.js'
import type { ListedManifest } from './checkpoint.js'
import { Listing, type ListingParts } from './listing.js'

const DIRECTORY = 'listing'
const DEFAULT_PARALLEL = 8

/** The objects under a prefix of the source bucket: manifests that a listing writes while they are read. */
export function listedManifests(store: Store, options: ResolvedOptions, cleanup: Cleanup): ManifestSource {
  // Its own column of keys is the one that counts.
  const { manifestColumn: _, ...reading } = options
  const scope = scopeOf(reading)
  const known = new Map<string, ListedManifest>()
  let opening: Promise<Listing> | undefined
  const begin = async (signal: AbortSignal): Promise<Listing> => {
    const listing = await Listing.open(await partsOf(store, options, cleanup))
    const stop = new AbortController()
    const ended = listing.run(AbortSignal.any([signal, stop.signal]))
    cleanup.add(() => {
      stop.abort()
      return ended
    })
    return listing
  }
  return {
    async *discover() {},
    suggestPrefixes: async () => [],
    async *follow(signal) {
      const listing = await (opening ??= begin(signal))
      for await (const manifest of listing.manifests(signal)) {
        const key = `${DIRECTORY}/${manifest.file}`
        known.set(key, manifest)
        yield { key, etag: listing.etagOf(manifest), sizeBytes: 0, ...scope }
      }
    },
    async open({ key }: ManifestRef, signal) {
      const { store: local, ref } = await localManifest((await opening!).pathOf(known.get(key)!))
      return withTotals(await openManifest(local, ref, openOptionsOf(reading, signal)))
    },
  }
}

/** What is listed, and where it is kept: in the data directory, which a dry run leaves as it is; nowhere for a verification, which has none. */
async function partsOf(store: Store, options: ResolvedOptions, cleanup: Cleanup): Promise<ListingParts> {
  const { source, aliases, dataDir, dryRun, outage, onEvent, filter } = options
  const { prefix: asked = '', parallel = DEFAULT_PARALLEL, rescan = false } = options.listing ?? {}
  // A filter of a longer prefix leaves less to list.
  const prefix = filter?.prefix?.startsWith(asked) === true ? filter.prefix : asked
  const inDataDir = dataDir === '' ? undefined : join(dataDir, DIRECTORY)
  const scratch =
    inDataDir === undefined || dryRun ? await temporaryDirectory('lagoon-listing-', cleanup) : undefined
  return {
    store,
    bucket: source.bucket,
    prefix,
    of: `${describeEndpoint(source, aliases?.source)}/${prefix}`,
    parallel,
    directory: inDataDir ?? scratch!,
    ...(scratch === undefined || inDataDir === undefined ? {} : { scratch }),
    rescan,
    patienceMs: outage.patienceMs,
    onEvent,
  }
}
