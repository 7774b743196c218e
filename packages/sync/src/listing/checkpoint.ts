import type { KeyRange } from '@lagoon/transfer'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { SyncError } from '../ports/errors.js'

/** A manifest that a listing has written. */
export interface ListedManifest {
  /** From 1, in the order of writing. */
  readonly number: number
  /** Its name in the directory. */
  readonly file: string
  readonly rows: number
}

/** How far a listing is: `listing.json` in its directory. */
export interface Checkpoint {
  /** Format of the file. A listing of another format is not continued. */
  readonly version: 1
  /** Names the store and the prefix that are listed. */
  readonly of: string
  /** ISO 8601. Tells the manifests of this listing from those of every other. */
  readonly startedAt: string
  readonly manifests: readonly ListedManifest[]
  /** What is left to be listed; empty for a finished listing. */
  readonly ranges: readonly KeyRange[]
}

const NAME = 'listing.json'
const OWN_FILES = /^(?:objects-\d+\.parquet|listing\.json)(?:\.partial)?$/

/** The checkpoint of the listing of `of` in a directory; null when there is none, or a manifest that it names is gone. */
export async function readCheckpoint(directory: string, of: string): Promise<Checkpoint | null> {
  try {
    const found = JSON.parse(await readFile(join(directory, NAME), 'utf8')) as Checkpoint
    if (found.version !== 1 || found.of !== of) return null
    const present = new Set(await readdir(directory))
    return found.manifests.every(({ file }) => present.has(file)) ? found : null
  } catch {
    return null
  }
}

/**
 * Replaces the checkpoint, or removes it: after a crash there is the old one or the new one.
 *
 * @throws SyncError `LAGOON_SYNC_LISTING_UNWRITABLE`
 */
export async function writeCheckpoint(directory: string, checkpoint: Checkpoint | null): Promise<void> {
  await writing(directory, async () => {
    const path = join(directory, NAME)
    if (checkpoint === null) return rm(path, { force: true })
    const file = await open(`${path}.partial`, 'w')
    try {
      await file.writeFile(JSON.stringify(checkpoint))
      await file.datasync()
    } finally {
      await file.close()
    }
    await rename(`${path}.partial`, path)
  })
}

/**
 * Makes the directory, and removes from it what does not count: manifests that were not finished, and those of another listing. Null:
 * everything, the checkpoint first.
 *
 * @throws SyncError `LAGOON_SYNC_LISTING_UNWRITABLE`
 */
export async function keepOnly(directory: string, checkpoint: Checkpoint | null): Promise<void> {
  await writing(directory, async () => {
    await mkdir(directory, { recursive: true })
    if (checkpoint === null) await rm(join(directory, NAME), { force: true })
    const kept = new Set([NAME, ...(checkpoint?.manifests ?? []).map(({ file }) => file)])
    for (const name of await readdir(directory)) {
      if (OWN_FILES.test(name) && !kept.has(name)) await rm(join(directory, name))
    }
  })
}

async function writing(directory: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (cause) {
    throw new SyncError('LAGOON_SYNC_LISTING_UNWRITABLE', `${directory}: ${(cause as Error).message}`, {
      cause,
      reason: 'state',
      hint: 'Check that the data directory may be written to and that its disk has space left.',
    })
  }
}
