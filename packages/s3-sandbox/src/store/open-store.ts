import { createReadStream, existsSync } from 'node:fs'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { SandboxError } from '../errors.js'
import type { Unwritten } from './bucket.js'
import { DiskBlobs } from './disk-blobs.js'
import { entriesOf, ObjectJournal, type JournalEntry } from './journal.js'
import { createHollowBlobs } from './hollow-blobs.js'
import { MadeUpObjects } from './made-up-objects.js'
import { createMemoryBlobs } from './memory-blobs.js'
import { ObjectStore } from './object-store.js'

/** Where a store keeps its objects, and which it generates. */
interface StoreOptions {
  /** Null for memory. */
  directory: string | null
  /** False discards the bytes after computing digests. */
  keepBytes: boolean
  /** The size of a generated object, or null for none. */
  madeUp: ((bucket: string, key: string) => number | null) | null
  /** Unix milliseconds. */
  now: () => number
}

/**
 * A store in memory, or in a directory that is created or reopened: `index.jsonl` is the index, `blobs/` holds the bytes. Uploads in
 * progress are lost in a restart.
 *
 * @throws {SandboxError} `LAGOON_SANDBOX_STORE_UNREADABLE`
 */
export async function openObjectStore(options: StoreOptions): Promise<ObjectStore> {
  const { directory, keepBytes } = options
  const unwritten = unwrittenObjects(options)
  if (directory === null) {
    return new ObjectStore(keepBytes ? createMemoryBlobs() : createHollowBlobs(), null, unwritten)
  }
  const blobDirectory = join(directory, 'blobs')
  const index = join(directory, 'index.jsonl')
  try {
    await mkdir(blobDirectory, { recursive: true })
    const blobs = new DiskBlobs(blobDirectory)
    const journal = new ObjectJournal()
    const store = new ObjectStore(blobs, journal, unwritten)
    if (existsSync(index)) await replay(index, store, blobs)
    await rewrite(index, store)
    for (const id of await readdir(blobDirectory)) {
      if (!blobs.knows(id)) await rm(join(blobDirectory, id), { force: true })
    }
    journal.start(index)
    return store
  } catch (error) {
    throw new SandboxError(
      'LAGOON_SANDBOX_STORE_UNREADABLE',
      `the sandbox can't use ${directory}: ${(error as Error).message}`,
      'Use an empty or missing directory that is writable.',
      error,
    )
  }
}

function unwrittenObjects({ madeUp, now }: Pick<StoreOptions, 'madeUp' | 'now'>): Unwritten | null {
  if (madeUp === null) return null
  const objects = new MadeUpObjects(now())
  return (bucket, key) => {
    const sizeBytes = madeUp(bucket, key)
    return sizeBytes === null ? undefined : objects.object(key, sizeBytes)
  }
}

/** A last line truncated by a kill is dropped; any other unreadable line is an error. */
async function replay(index: string, store: ObjectStore, blobs: DiskBlobs): Promise<void> {
  let broken: Error | null = null
  let number = 0
  for await (const line of createInterface({
    input: createReadStream(index),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    if (broken !== null) throw broken
    number += 1
    try {
      apply(JSON.parse(line) as JournalEntry, store, blobs)
    } catch (error) {
      broken = new Error(`line ${number} of ${index} is damaged`, { cause: error })
    }
  }
}

function apply(entry: JournalEntry, store: ObjectStore, blobs: DiskBlobs): void {
  if (entry.op === 'created') {
    store.createBucket(entry.bucket, entry.region, entry.time)
    return
  }
  const bucket = store.bucket(entry.bucket)
  switch (entry.op) {
    case 'deleted':
      store.deleteBucket(entry.bucket)
      return
    case 'versioning':
      bucket.setVersioning(entry.versioning)
      return
    case 'put':
      bucket.put({
        ...entry.record,
        blobs: entry.record.blobs.map(({ id, sizeBytes }) => blobs.blob(id, sizeBytes)),
      })
      return
    case 'removed': {
      const record = bucket.version(entry.key, entry.versionId)
      if (record !== undefined) bucket.remove(record)
      return
    }
    default: {
      const record = bucket.version(entry.key, entry.versionId)
      if (record !== undefined) bucket.setTags(record, entry.tags)
    }
  }
}

/** The journal without its history, so that it does not grow with every run. */
async function rewrite(index: string, store: ObjectStore): Promise<void> {
  const temporary = `${index}.new`
  const file = await open(temporary, 'w')
  try {
    let lines = ''
    for (const bucket of store.buckets.values()) {
      for (const entry of entriesOf(bucket)) {
        lines += `${JSON.stringify(entry)}\n`
        if (lines.length < 1 << 20) continue
        await file.write(lines)
        lines = ''
      }
    }
    await file.write(lines)
  } finally {
    await file.close()
  }
  await rename(temporary, index)
}
