import type { Attempt, AttemptRunner, RunResult } from '../contract/attempt.js'
import { sameEtag } from '../protocol/etag.js'
import type { MultipartUpload } from '../s3/multipart.js'
import type { PlannedPart } from '../verify/part-digests.js'
import { asUploadRecord, fitsRecord, intentSince, type UploadRecord } from './upload-ledger.js'
import type { CopyLedger } from '../contract/copier.js'

/** What an upload is for; decides whether a recorded one can be resumed. */
type UploadPurpose = Pick<
  UploadRecord,
  'bucket' | 'sourceKey' | 'versionId' | 'etag' | 'sizeBytes' | 'partRuns'
>

/** How many parts may finish between two writes to the ledger, as a share of all: each write holds the whole list. */
const NOTES = 100

/**
 * One multipart upload from its creation or resumption to its end.
 *
 * 1. The ledger has the upload before its first part is sent, and forgets it only after it was completed or aborted.
 * 2. A part counts as finished only if the destination lists it now with the planned size and the ETag that was
 *    recorded when it was acknowledged.
 */
export class UploadSession {
  readonly uploadId: string
  /** True if the ETags of its parts are not digests of their bytes. */
  readonly opaqueEtags: boolean
  /** ETags of the finished parts by number. */
  readonly finished: Map<number, string>
  readonly #upload: MultipartUpload
  readonly #key: string
  readonly #ledger: CopyLedger | null
  readonly #record: UploadRecord
  #unnoted = 0

  constructor(
    upload: MultipartUpload,
    key: string,
    ledger: CopyLedger | null,
    record: UploadRecord,
    finished: Map<number, string>,
  ) {
    this.uploadId = record.uploadId
    this.opaqueEtags = record.opaqueEtags ?? false
    this.finished = finished
    this.#upload = upload
    this.#key = key
    this.#ledger = ledger
    this.#record = record
  }

  /** A part was acknowledged. */
  note(part: PlannedPart, etag: string, planned: number): void {
    this.finished.set(part.number, etag)
    if (this.#ledger === null) return
    this.#record.parts.push([part.number, etag])
    if (++this.#unnoted < planned / NOTES) return
    this.#unnoted = 0
    this.#ledger.put(this.#key, this.#record)
  }

  /** The object exists; there is nothing left to record. */
  forget(): void {
    this.#ledger?.delete(this.#key)
  }

  /** Records what is finished, for a later run to resume. False if there is no ledger. */
  keep(): boolean {
    this.#ledger?.put(this.#key, this.#record)
    return this.#ledger !== null
  }

  /** Aborts the upload at the destination. It stays in the ledger if that fails, for `cleanup`. */
  async discard(): Promise<void> {
    const aborted = await this.#upload.abort(this.uploadId, undefined)
    if (aborted.ok) this.forget()
  }
}

/** Resumes the upload in the ledger if it fits, aborts it if it does not, and else creates one. */
export async function beginUpload(
  upload: MultipartUpload,
  key: string,
  purpose: UploadPurpose,
  headers: string[],
  ledger: CopyLedger | null,
  runner: AttemptRunner,
): Promise<RunResult<UploadSession>> {
  const record = asUploadRecord(await ledger?.get(key))
  if (record?.uploadId === '') await abortUnknown(upload, record)
  else if (record !== null && fitsRecord(record, purpose)) {
    const resumed = await runner.run((signal) => resume(upload, key, record, ledger!, signal))
    if (!resumed.ok) return resumed
    if (resumed.value !== null) return { ...resumed, value: resumed.value }
  } else if (record !== null && record.bucket === purpose.bucket) {
    await upload.abort(record.uploadId, undefined)
  }
  const intent = { version: 1, uploadId: '', ...purpose, startedAt: Date.now(), parts: [] } as const
  ledger?.put(key, intent)
  const created = await runner.run((signal) => upload.create(headers, signal))
  if (!created.ok) {
    // A refusal created nothing; any other failure may have.
    if (created.failure.class === 'permanent') ledger?.delete(key)
    return created
  }
  const fresh: UploadRecord = {
    version: 1,
    uploadId: created.value.uploadId,
    ...purpose,
    ...(created.value.opaqueEtags && { opaqueEtags: true }),
    startedAt: Date.now(),
    parts: [],
  }
  ledger?.put(key, fresh)
  return { ...created, value: new UploadSession(upload, key, ledger, fresh, new Map()) }
}

/**
 * Aborts an upload that was begun for an intent and whose id was lost when the process was killed. Anything that
 * can't be listed is left for `cleanup`.
 */
async function abortUnknown(upload: MultipartUpload, intent: UploadRecord): Promise<void> {
  const open = await upload.listOpen(intentSince(intent), undefined)
  if (!open.ok) return
  for (const uploadId of open.value) await upload.abort(uploadId, undefined)
}

/** Null if the destination no longer has the upload. */
async function resume(
  upload: MultipartUpload,
  key: string,
  record: UploadRecord,
  ledger: CopyLedger,
  signal: AbortSignal | undefined,
): Promise<Attempt<UploadSession | null>> {
  const listed = await upload.listParts(record.uploadId, signal)
  if (!listed.ok && listed.failure.code === 'NoSuchUpload') return { ok: true, value: null }
  if (!listed.ok) return listed
  const sizes = sizesByNumber(record.partRuns)
  const finished = new Map<number, string>()
  for (const [number, etag] of record.parts) {
    const stored = listed.value.get(number)
    if (stored !== undefined && sameEtag(stored.etag, etag) && stored.sizeBytes === sizes(number))
      finished.set(number, etag)
  }
  const parts = [...finished]
  return { ...listed, value: new UploadSession(upload, key, ledger, { ...record, parts }, finished) }
}

function sizesByNumber(runs: readonly [number, number][]): (number: number) => number | undefined {
  return (number) => {
    let last = 0
    for (const [bytes, count] of runs) if (number <= (last += count)) return bytes
    return undefined
  }
}
