import { discoverManifests, openManifest, type ManifestStore } from '@lagoon/manifest'
import { openState, type State } from '@lagoon/state-lmdb'
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
 * The rows whose keys no existing manifest names, each key once. What is known is kept on disk, in a state that is thrown
 * away afterwards, so that memory does not grow with the manifests. A manifest that can't be read ends it: what it names
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
  const known = await openState({
    directory,
    identity: { source: existing.bucket, destination: 'none' },
    journal: false,
  })
  try {
    await noteAll(known, existing)
    for await (const portion of rows) {
      await known.idle()
      const found = known.lookup(portion.map((row) => ('key' in row ? row.key : null)))
      const here = new Set<string>()
      yield portion.filter((row, i) => {
        if (!('key' in row)) return true
        if (found[i] === 1 || here.has(row.key)) return false
        here.add(row.key)
        known.complete(row.key)
        return true
      })
    }
  } finally {
    await known.close()
    await rm(directory, { recursive: true, force: true })
    process.off('exit', removeNow)
  }
}

async function noteAll(known: State, { store, bucket, prefix }: ExistingManifests): Promise<void> {
  for await (const ref of discoverManifests(store, { prefix })) {
    const manifest = await openManifest(store, ref, { bucket })
    for await (const { keys } of manifest.batches()) {
      await known.idle()
      for (const key of keys) if (key !== null) known.complete(key)
    }
  }
}
