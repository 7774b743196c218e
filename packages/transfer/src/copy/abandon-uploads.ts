import type { Attempt, AttemptFailure, AttemptRunner } from '../contract/attempt.js'
import { encodeKey } from '../protocol/encode-key.js'
import { Endpoint } from '../s3/endpoint.js'
import { MultipartUpload } from '../s3/multipart.js'
import type { EndpointOptions } from '../options/endpoint-options.js'
import { resolveEndpoint } from '../options/resolve-endpoint.js'
import { createSimpleRunner } from '../contract/simple-runner.js'
import { asUploadRecord, intentSince, type UploadRecord } from './upload-ledger.js'
import type { UploadLedger } from '../contract/copier.js'

/** An upload in a ledger, what it holds at the destination, and what happened to it. */
export interface AbandonedUpload {
  destinationKey: string
  sourceKey: string
  uploadId: string
  /** Milliseconds since the epoch. */
  startedAt: number
  sizeBytes: number
  /** Parts that the destination holds, and their bytes; null if it no longer has the upload. */
  held: { parts: number; bytes: number } | null
  /**
   * `listed`: nothing was done. `aborted`: the destination no longer holds anything of it. `failed`: see `failure`.
   */
  outcome: 'listed' | 'aborted' | 'failed'
  failure?: AttemptFailure
}

/** What to list, and whether to abort it. */
export interface AbandonUploadsOptions {
  destination: EndpointOptions
  uploads: UploadLedger
  /** Only list. Default false. */
  dryRun?: boolean
  signal?: AbortSignal
}

const CONNECTIONS = 4

/**
 * Aborts the uploads in a ledger that belong to this destination's bucket, and forgets those that no longer exist. Do
 * not use it during a run with the same ledger, which contains that run's uploads.
 */
export async function* abandonUploads(options: AbandonUploadsOptions): AsyncGenerator<AbandonedUpload> {
  const { uploads, dryRun = false, signal } = options
  const settings = resolveEndpoint(options.destination)
  const endpoint = new Endpoint(settings, 'destination', CONNECTIONS)
  const runner = createSimpleRunner(signal === undefined ? {} : { signal })
  try {
    // Collected first, because entries are deleted along the way.
    const remembered: [string, object][] = []
    for await (const entry of uploads.entries()) remembered.push(entry)
    for (const [destinationKey, value] of remembered) {
      const record = asUploadRecord(value)
      if (record === null || record.bucket !== settings.bucket) continue
      const upload = new MultipartUpload(endpoint, endpoint.pathOf(encodeKey(destinationKey)), destinationKey)
      const { sourceKey, startedAt, sizeBytes } = record
      const found = { destinationKey, sourceKey, startedAt, sizeBytes }
      const open = await runner.run((given) => openUploadsOf(upload, record, given))
      if (!open.ok) {
        yield { ...found, uploadId: '', held: null, outcome: 'failed', failure: open.failure }
        continue
      }
      let gone = true
      for (const uploadId of open.value) {
        const ended = await endUpload(upload, uploadId, dryRun, runner)
        gone &&= ended.outcome === 'aborted'
        yield { ...found, uploadId, ...ended }
      }
      if (gone && !dryRun) uploads.delete(destinationKey)
    }
  } finally {
    await endpoint.close()
  }
}

/** The upload that a record names; for an intent, those that the store has and whose ids were lost. */
async function openUploadsOf(
  upload: MultipartUpload,
  record: UploadRecord,
  signal: AbortSignal | undefined,
): Promise<Attempt<string[]>> {
  if (record.uploadId === '') return await upload.listOpen(intentSince(record), signal)
  return { ok: true, value: [record.uploadId] }
}

async function endUpload(
  upload: MultipartUpload,
  uploadId: string,
  dryRun: boolean,
  runner: AttemptRunner,
): Promise<Pick<AbandonedUpload, 'held' | 'outcome' | 'failure'>> {
  const listed = await runner.run((given) => upload.listParts(uploadId, given))
  if (!listed.ok && listed.failure.code !== 'NoSuchUpload') {
    return { held: null, outcome: 'failed', failure: listed.failure }
  }
  let held: AbandonedUpload['held'] = null
  if (listed.ok) {
    const parts = [...listed.value.values()]
    held = { parts: parts.length, bytes: parts.reduce((sum, part) => sum + part.sizeBytes, 0) }
  }
  if (dryRun) return { held, outcome: 'listed' }
  const aborted = await runner.run((given) => upload.abort(uploadId, given))
  return aborted.ok ? { held, outcome: 'aborted' } : { held, outcome: 'failed', failure: aborted.failure }
}
