import type { AttemptFailure, AttemptRunner } from '../contract/attempt.js'
import { checksumMismatch } from '../failures/checksum-mismatch.js'
import { isFailedCondition } from '../failures/source-changed.js'
import { ALREADY_THERE } from './small-object.js'
import type { PartWatch } from '../verify/part-digests.js'
import { comparesEtags, copyParts, type PartsResult } from './parts.js'
import { encodeQueryValue } from '../protocol/encode-key.js'
import { contradicts, judgeParts, multipartEtag } from '../verify/verify-parts.js'
import { MultipartUpload } from '../s3/multipart.js'
import type { ObjectPlan, PlanChanges } from './plan.js'
import type { RelayContext } from '../relay/context.js'
import type { SourceObject } from '../protocol/object-headers.js'
import type { ObjectLocation } from '../s3/object-request.js'
import { isCrc, type CrcAlgorithm } from '../verify/crc.js'
import { reportedAlgorithm } from '../protocol/stored-checksums.js'
import { toPartRuns } from './upload-ledger.js'
import type { CopyLedger } from '../contract/copier.js'
import { beginUpload, type UploadSession } from './upload-session.js'
import type { Verification } from '../verify/verification.js'
import type { BadCopies } from './bad-copies.js'

/** An object to copy in parts. */
interface LargeObject {
  location: ObjectLocation
  versionId: string | null
  object: SourceObject
  plan: Extract<ObjectPlan, { kind: 'parts' }>
  destinationKey: string
  /** Encoded. */
  destinationPath: string
  /** Added to the headers that create the upload. */
  createHeaders: readonly string[]
  /** True if completing it must not replace an object. */
  onlyIfMissing: boolean
  bad: BadCopies
  /** Value of `x-amz-copy-source` if the store copies the parts server-side. */
  inStore: string | null
  /** All bytes of a small object in one part; null if they have to be requested. */
  whole: Buffer | null
}

/** What copying it needs. */
interface LargeObjectWork {
  context: RelayContext
  runner: AttemptRunner
  ledger: CopyLedger | null
  partConcurrency: number
  signal: AbortSignal | undefined
}

/** The copy, or why not; `again` says that the object is to be planned again, and what is different then. */
export type LargeObjectResult =
  | { ok: true; bytes: number; etag: string; verification: Verification; attempts: number }
  | {
      ok: false
      failure: AttemptFailure
      attempts: number
      again: PlanChanges | null
    }

/**
 * Creates or resumes the upload, copies the parts, verifies them before anything becomes visible, and completes it.
 */
export async function copyLargeObject(large: LargeObject, work: LargeObjectWork): Promise<LargeObjectResult> {
  const { object, location, plan } = large
  const { destination } = work.context
  const upload = new MultipartUpload(destination, large.destinationPath, large.destinationKey)
  const purpose = {
    bucket: destination.settings.bucket,
    sourceKey: location.name,
    versionId: large.versionId,
    etag: object.etag,
    sizeBytes: object.sizeBytes,
    partRuns: toPartRuns(plan.parts),
  }
  const headers = [...object.headers, ...large.createHeaders]
  const begun = await beginUpload(upload, large.destinationKey, purpose, headers, work.ledger, work.runner)
  if (!begun.ok) return { ...begun, again: null }

  const session = begun.value
  const request = {
    location,
    object,
    destinationPath: large.destinationPath,
    uploadId: encodeQueryValue(session.uploadId),
    watch: watchOf(large, session.opaqueEtags, destination.capabilities.wantsCrc64),
    opaqueEtags: session.opaqueEtags,
    inStore: large.inStore,
    whole: plan.parts.length === 1 ? large.whole : null,
  }
  const parts = await copyParts({ ...work, request, plan, session })
  if (!parts.ok) return giveUp(large, session, parts)
  return complete(large, work, upload, session, parts)
}

/**
 * A checksum is computed where no ETag helps: of the bytes read if the source reports a CRC, of the bytes stored if
 * the destination will.
 */
function watchOf(
  { object, plan, inStore }: LargeObject,
  opaqueEtags: boolean,
  wantsCrc64: boolean,
): PartWatch {
  if (inStore !== null) return { md5: false, crcs: [], checksum: null }
  const crcs = new Set<CrcAlgorithm>()
  const reported = reportedAlgorithm(object.checksums)
  if (plan.boundaries === 'computed' && reported !== null && isCrc(reported)) crcs.add(reported)
  if (opaqueEtags && wantsCrc64 && object.checksums['crc64nvme'] === undefined) crcs.add('crc64nvme')
  const byEtag = comparesEtags(plan, object)
  const composite = plan.boundaries === 'same-boundaries' && !byEtag ? object.composite : null
  return { md5: opaqueEtags === byEtag, crcs: [...crcs], checksum: composite?.algorithm ?? null }
}

async function complete(
  large: LargeObject,
  work: LargeObjectWork,
  upload: MultipartUpload,
  session: UploadSession,
  parts: Extract<PartsResult, { ok: true }>,
): Promise<LargeObjectResult> {
  const { object, plan } = large
  const predicted = session.opaqueEtags ? null : multipartEtag(parts.etags)
  const { read, computed, composite } = parts
  const evidence = { sameParts: comparesEtags(plan, object), predicted, read, computed, composite }
  if (contradicts(object, evidence)) {
    await session.discard()
    return differs(large, parts, `the bytes of the parts make ${read ?? predicted}`)
  }
  const listed = parts.etags.map((etag, index) => ({ number: index + 1, etag }))
  const run = await work.runner.run(async (signal) => {
    const headers = large.onlyIfMissing ? ['if-none-match', '*'] : []
    const given = signal ?? work.signal
    // An object that an earlier attempt wrote would block a write that must not replace anything.
    if (large.onlyIfMissing) await large.bad.remove()
    const completed = await upload.complete(session.uploadId, listed, predicted, headers, given)
    if (!completed.ok) large.bad.observe(completed.failure)
    if (completed.ok || !isFailedCondition(completed.failure) || !large.onlyIfMissing) return completed
    return { ok: false, failure: { ...completed.failure, class: 'permanent', code: ALREADY_THERE } }
  })
  if (!run.ok) return giveUp(large, session, run)
  session.forget()
  const { etag, versionId, checksums } = run.value
  const judged = judgeParts(object, evidence, etag, checksums)
  if (judged === null) {
    large.bad.add({ etag, versionId })
    return differs(
      large,
      parts,
      `stored with ETag ${etag}, the parts make ${predicted ?? 'another checksum'}`,
    )
  }
  const inStore = large.inStore !== null && judged !== 'etag' && judged !== 'checksum'
  const verification = inStore ? 'server-side' : judged
  const attempts = Math.max(parts.attempts, run.attempts)
  return { ok: true, bytes: object.sizeBytes, etag, verification, attempts }
}

function differs(
  { location, object }: LargeObject,
  { attempts }: { attempts: number },
  what: string,
): Extract<LargeObjectResult, { ok: false }> {
  const message = `${JSON.stringify(location.name)}: ${what}, the source has ETag ${object.etag}`
  return { ok: false, failure: checksumMismatch('source', message), attempts, again: {} }
}

/** These refusals concern the boundaries, not the object. */
const OTHER_BOUNDARIES = new Set(['EntityTooSmall', 'InvalidPart', 'InvalidPartOrder'])

/** An upload that can be resumed later stays if the ledger keeps it; any other is aborted. */
async function giveUp(
  { object }: LargeObject,
  session: UploadSession,
  { failure, attempts }: { failure: AttemptFailure; attempts: number },
): Promise<LargeObjectResult> {
  const { code } = failure
  const passing = failure.class !== 'permanent' && failure.class !== 'missing'
  const kept = passing && !OTHER_BOUNDARIES.has(code) && session.keep()
  if (!kept) await session.discard()
  return { ok: false, failure, attempts, again: changesAfter(failure, object) }
}

function changesAfter({ code, status }: AttemptFailure, { etag }: SourceObject): PlanChanges | null {
  if (OTHER_BOUNDARIES.has(code)) return { keepBoundaries: false }
  if (code === 'SourceChanged') return status === 412 ? { refusedEtag: etag } : {}
  return code === 'NoSuchUpload' ? {} : null
}
