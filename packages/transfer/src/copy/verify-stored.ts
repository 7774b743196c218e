import type { CopyResult } from '../contract/copier.js'
import { headDestination, headSource } from '../s3/object-head.js'
import { parseEtag, sameEtag } from '../protocol/etag.js'
import { md5OfStored } from '../s3/read-back.js'
import type { BadCopies } from './bad-copies.js'
import { locationOf, type JobWork, type Planning } from './execute-plan.js'
import type { LargeObjectResult } from './large-object.js'
import { checksumMismatch } from '../failures/checksum-mismatch.js'
import { skipped } from './skipped-result.js'

export type Copied = Extract<CopyResult, { ok: true }>

/** One round's copy, or why there is none and how the object is planned again. */
export type RoundResult = Copied | Extract<LargeObjectResult, { ok: false }>

/**
 * Classifies an object that prevented a write: another writer's, which stays and is skipped; a bad copy of this job's,
 * which is removed to try again; or what a write of this job whose answer was lost stored, which has to be what the source
 * has. If there is none, the refusal was wrong, and the write is tried again.
 */
export async function judgeThere(planning: Planning, work: JobWork, bad: BadCopies): Promise<RoundResult> {
  const { request, destinationKey, runner, signal } = work
  const { destination } = planning.context
  const head = await runner.run((given) =>
    headDestination(destination, request.destinationPath, destinationKey, given ?? signal),
  )
  // Without the permission to look, the store's word has to do.
  if (!head.ok && head.failure.status === 403 && !bad.isSuspect) return skipped('', 'none', 1)
  if (!head.ok) return { ...head, again: null }
  const there = head.value
  const name = JSON.stringify(destinationKey)
  if (there === null) {
    const message = `${name}: refused because of an object that does not exist`
    const failure = { class: 'transient', side: 'destination', code: 'PreconditionFailed', message } as const
    return { ok: false, failure, attempts: 1, again: { nothingThere: true } }
  }
  if (bad.has(there.etag)) {
    const removed = await bad.remove()
    const message = `${name}: stored with ETag ${there.etag}, which is not what the source has`
    return mismatch(removed ? message : `${message}; it could not be removed`, removed)
  }
  if (!bad.inDoubt) return skipped(there.etag, 'none', head.attempts)
  const { etag, sizeBytes: bytes } = there
  const compared = await readBack(planning, work, {
    ok: true,
    bytes,
    etag,
    verification: 'size',
    attempts: 1,
  })
  if (compared.ok) bad.clearDoubt()
  return compared.ok ? compared : { ...compared, again: null }
}

/** Reads both sides once more and compares. */
export async function readBack(planning: Planning, work: JobWork, result: Copied): Promise<RoundResult> {
  const { request, destinationKey, runner, signal } = work
  const { destination } = planning.context
  const location = locationOf(planning, request)
  const head = await runner.run((given) => headSource(location, given ?? signal))
  if (!head.ok) return { ...head, again: null }
  const { rawEtag, sizeBytes, etag, etagIsDigest } = head.value
  const areDigests =
    etagIsDigest && !destination.capabilities.opaqueEtags && parseEtag(etag).kind !== 'opaque'
  if (areDigests && sameEtag(etag, result.etag)) return { ...result, bytes: sizeBytes, verification: 'etag' }
  const here = { ...location, rawEtag, sizeBytes }
  const there = {
    endpoint: destination,
    path: request.destinationPath,
    query: '',
    name: destinationKey,
    rawEtag: `"${result.etag}"`,
    sizeBytes: result.bytes,
  }
  const from = await runner.run((given) => md5OfStored(here, given ?? signal))
  if (!from.ok) return { ...from, again: from.failure.status === 412 ? {} : null }
  const to = await runner.run((given) => md5OfStored(there, given ?? signal))
  if (!to.ok) return { ...to, again: to.failure.status === 412 ? {} : null }
  if (from.value === to.value) return { ...result, verification: 'read-back' }
  const message = `${JSON.stringify(destinationKey)}: read back with MD5 ${to.value}, the source has ${from.value}`
  return { ...mismatch(message, true), attempts: result.attempts }
}

function mismatch(message: string, isWorthAnotherRound: boolean): Extract<RoundResult, { ok: false }> {
  const failure = checksumMismatch('destination', message)
  return { ok: false, failure, attempts: 1, again: isWorthAnotherRound ? {} : null }
}
