import type { AttemptFailure } from '../attempt.js'
import { encodeKey } from '../s3/encode-key.js'
import { Endpoint } from '../s3/endpoint.js'
import { MultipartUpload } from '../s3/multipart.js'
import type { EndpointOptions } from '../options/endpoint-options.js'
import { resolveEndpoint } from '../options/resolve-endpoint.js'
import { createSimpleRunner } from '../simple-runner.js'
import { asUploadRecord, type UploadLedger } from './upload-ledger.js'

/** An upload that a ledger remembers, what it holds at the destination, and what became of it. */
export interface AbandonedUpload {
  destinationKey: string
  sourceKey: string
  uploadId: string
  /** Milliseconds since the epoch. */
  startedAt: number
  sizeBytes: number
  /** Parts that the destination holds, and their bytes; null if it no longer knows the upload. */
  held: { parts: number; bytes: number } | null
  /** `listed`: nothing was done. `aborted`: the destination holds nothing of it any more. `failed`: see `failure`. */
  outcome: 'listed' | 'aborted' | 'failed'
  failure?: AttemptFailure
}

/** What to look at, and whether to act. */
export interface AbandonUploadsOptions {
  destination: EndpointOptions
  uploads: UploadLedger
  /** Only says what is there. Default false. */
  dryRun?: boolean
  signal?: AbortSignal
}

const CONNECTIONS = 4

/**
 * Aborts the uploads that a ledger remembers for this destination's bucket, and forgets those that are gone. Not to be used while a run is
 * under way with the same ledger: its uploads are in there.
 */
export async function* abandonUploads(options: AbandonUploadsOptions): AsyncGenerator<AbandonedUpload> {
  const { uploads, dryRun = false, signal } = options
  const settings = resolveEndpoint(options.destination)
  const endpoint = new Endpoint(settings, 'destination', CONNECTIONS)
  const runner = createSimpleRunner(signal === undefined ? {} : { signal })
  try {
    // Taken down first: entries are deleted on the way.
    const remembered: [string, object][] = []
    for await (const entry of uploads.entries()) remembered.push(entry)
    for (const [destinationKey, value] of remembered) {
      const record = asUploadRecord(value)
      if (record === null || record.bucket !== settings.bucket) continue
      const { sourceKey, uploadId, startedAt, sizeBytes } = record
      const upload = new MultipartUpload(endpoint, endpoint.pathOf(encodeKey(destinationKey)), destinationKey)
      const found = { destinationKey, sourceKey, uploadId, startedAt, sizeBytes }

      const listed = await runner.run((given) => upload.listParts(uploadId, given))
      if (!listed.ok && listed.failure.code !== 'NoSuchUpload') {
        yield { ...found, held: null, outcome: 'failed', failure: listed.failure }
        continue
      }
      let held: AbandonedUpload['held'] = null
      if (listed.ok) {
        const parts = [...listed.value.values()]
        held = { parts: parts.length, bytes: parts.reduce((sum, part) => sum + part.sizeBytes, 0) }
      }
      if (dryRun) {
        yield { ...found, held, outcome: 'listed' }
        continue
      }
      const aborted = await runner.run((given) => upload.abort(uploadId, given))
      if (aborted.ok) uploads.delete(destinationKey)
      yield aborted.ok
        ? { ...found, held, outcome: 'aborted' }
        : { ...found, held, outcome: 'failed', failure: aborted.failure }
    }
  } finally {
    await endpoint.close()
  }
}
