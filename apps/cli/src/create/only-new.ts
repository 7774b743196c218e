import { discoverManifests, openManifest, type ManifestStore } from '@lagoon/manifest'
import { openState, type State } from '@lagoon/state-lmdb'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CandidateRow } from './rows.js'

/** Rows that are looked up at a time. */
const portionRows = 4_096

export interface ExistingManifests {
  readonly store: ManifestStore
  readonly bucket: string
  readonly prefix: string
  readonly column?: string
}

/**
 * The rows whose keys no existing manifest names, each key once. What is known is kept on disk, in a state that is thrown
 * away afterwards, so that memory does not grow with the manifests. A manifest that can't be read ends it: what it names
 * is not known.
 */
export async function* onlyNew(
  rows: AsyncIterable<CandidateRow>,
  existing: ExistingManifests,
): AsyncGenerator<CandidateRow> {
  const directory = await mkdtemp(join(tmpdir(), 'lagoon-known-'))
  const known = await openState({ directory, identity: { source: existing.bucket, destination: 'none' } })
  try {
    await noteAll(known, existing)
    for await (const portion of inPortions(rows)) {
      await known.idle()
      const found = known.lookup(portion.map((row) => ('key' in row ? row.key : null)))
      const here = new Set<string>()
      for (const [i, row] of portion.entries()) {
        if ('key' in row) {
          if (found[i] === 1 || here.has(row.key)) continue
          here.add(row.key)
          known.complete(row.key)
        }
        yield row
      }
    }
  } finally {
    await known.close()
    await rm(directory, { recursive: true, force: true })
  }
}

async function noteAll(known: State, { store, bucket, prefix, column }: ExistingManifests): Promise<void> {
  for await (const ref of discoverManifests(store, { prefix })) {
    const manifest = await openManifest(store, ref, { bucket, ...(column === undefined ? {} : { column }) })
    for await (const { keys } of manifest.batches()) {
      await known.idle()
      for (const key of keys) if (key !== null) known.complete(key)
    }
  }
}

async function* inPortions(rows: AsyncIterable<CandidateRow>): AsyncGenerator<CandidateRow[]> {
  let portion: CandidateRow[] = []
  for await (const row of rows) {
    portion.push(row)
    if (portion.length < portionRows) continue
    yield portion
    portion = []
  }
  if (portion.length > 0) yield portion
}
