import { discoverManifests, openManifest, type ManifestStore } from '@lagoon/manifest'
import { openSeenKeys, type SeenKeys } from '@lagoon/state-lmdb'
import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CandidateRow, RowPortions } from './rows.js'

interface ExistingManifests {
  readonly store: ManifestStore
  readonly bucket: string
  readonly prefix: string
}

/**
 * The rows whose keys no existing manifest names, each key once. What is known is kept on disk and thrown away
 * afterwards, so that memory does not grow with the manifests. A manifest that can't be read ends it: what it names
 * is not known.
 */
export async function* onlyNew(
  rows: RowPortions,
  existing: ExistingManifests,
): AsyncGenerator<CandidateRow[]> {
  const directory = await mkdtemp(join(tmpdir(), 'lagoon-known-'))
  // A signal ends this command at once.
  const removeNow = (): void => rmSync(directory, { recursive: true, force: true })
  process.once('exit', removeNow)
  const known = openSeenKeys(directory)
  try {
    await addAll(known, existing)
    for await (const portion of rows) {
      const seen = known.add(portion.map((row) => ('key' in row ? row.key : null)))
      yield portion.filter((_, i) => seen[i] === 0)
    }
  } finally {
    known.close()
    await rm(directory, { recursive: true, force: true })
    process.off('exit', removeNow)
  }
}

async function addAll(known: SeenKeys, { store, bucket, prefix }: ExistingManifests): Promise<void> {
  for await (const ref of discoverManifests(store, { prefix })) {
    const manifest = await openManifest(store, ref, { bucket })
    for await (const { keys } of manifest.batches()) known.add(keys)
  }
}
