import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { s3Client, writeManifest } from '@lagoon/testkit'
import { createBucketClient } from '../s3/bucket-client.js'
import type { StoreAccess } from '../s3/sign-request.js'
import { keyOf, type Workload } from './workloads.js'

/** A filled source bucket. Everything to copy lies under `prefix`; the manifests lie beside it. */
export interface Lake {
  bucket: string
  prefix: string | null
  manifestPrefix: string
  objects: number
  bytes: number
  /** One key a line. */
  keysFile: string | null
  remove(): Promise<void>
}

const blockBytes = 4 * 1024 * 1024
const bufferedBytes = 1024 * 1024

/** Makes a bucket, fills it with a workload's objects and writes the manifest that names them. */
export async function makeLake(options: {
  access: StoreAccess
  workload: Workload
  objects: number
  seed: number
  directory: string
  signal?: AbortSignal
  onProgress?: (done: number) => void
}): Promise<Lake> {
  const { access, workload, objects, seed, signal } = options
  const bucket = benchBucketName()
  const store = createBucketClient(access)
  await mkdir(options.directory, { recursive: true })
  const sizes = Array.from({ length: objects }, (_, index) => workload.sizeBytes(index, seed))
  const remove = async (): Promise<void> => {
    const remover = createBucketClient(access)
    await remover.removeBucket(bucket)
    await remover.close()
  }
  await store.createBucket(bucket)
  try {
    const block = randomBytes(blockBytes)
    let next = 0
    let done = 0
    const worker = async (): Promise<void> => {
      while (next < objects) {
        signal?.throwIfAborted()
        const index = next
        next += 1
        await store.put(bucket, keyOf(index), bodyOf(block, index, sizes[index]!), sizes[index]!)
        done += 1
        options.onProgress?.(done)
      }
    }
    await Promise.all(Array.from({ length: Math.min(16, objects) }, worker))
    const client = s3Client(access)
    try {
      const rows = sizes.map((sizeBytes, index) => ({ key: keyOf(index), sizeBytes }))
      await writeManifest({ client, bucket, key: 'manifest/bench.parquet', rows })
    } finally {
      client.destroy()
    }
    const keysFile = join(options.directory, 'keys.txt')
    await writeFile(keysFile, sizes.map((_, index) => keyOf(index)).join('\n'))
    const bytes = sizes.reduce((sum, size) => sum + size, 0)
    return { bucket, prefix: 'data/', manifestPrefix: 'manifest/', objects, bytes, keysFile, remove }
  } catch (error) {
    await remove().catch(() => {})
    throw error
  } finally {
    await store.close()
  }
}

/** A bucket name that nobody else uses and that shows where it is from. */
export function benchBucketName(): string {
  return `lagoon-bench-${Date.now().toString(36)}-${randomBytes(4).toString('hex')}`
}

/** Random bytes out of one block, beginning elsewhere for every object. */
function bodyOf(block: Buffer, index: number, sizeBytes: number): Buffer | (() => Readable) {
  const start = (index * 7919) % (blockBytes - bufferedBytes)
  if (sizeBytes <= bufferedBytes) return block.subarray(start, start + sizeBytes)
  return () =>
    Readable.from(
      (function* () {
        for (let sent = 0; sent < sizeBytes; sent += blockBytes)
          yield block.subarray(0, Math.min(blockBytes, sizeBytes - sent))
      })(),
      { objectMode: false },
    )
}
