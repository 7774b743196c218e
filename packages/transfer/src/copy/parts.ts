import { createHash, type Hash } from 'node:crypto'
import type { AttemptFailure, AttemptRunner, RunResult } from '../contract/attempt.js'
import { copyPartInStore } from './server-side-part.js'
import { PartRelay, type PartRequest, sendPart } from './part.js'
import { type CopiedPart, PartsDigest, type PlannedPart } from '../verify/part-digests.js'
import { hashInOrder, type ObjectPlan } from './plan.js'
import { readRange } from '../s3/ranged-read.js'
import type { RelayContext } from '../relay/context.js'
import type { SourceObject } from '../protocol/object-headers.js'
import type { Checksums } from '../protocol/stored-checksums.js'
import type { UploadSession } from './upload-session.js'

type PartsPlan = Extract<ObjectPlan, { kind: 'parts' }>

/** All parts are at the destination, or the first failure that ended the copy. */
export type PartsResult =
  | {
      ok: true
      etags: string[]
      /** The ETag that the bytes read would give; null if it was not computed. */
      read: string | null
      /** Checksums of all bytes read, as far as they were computed. */
      computed: Checksums
      /** The checksum of the parts' checksums, of the bytes read; null if it was not computed. */
      composite: string | null
      attempts: number
    }
  | { ok: false; failure: AttemptFailure; attempts: number }

/** What copying the parts of one object needs. */
interface PartsWork {
  context: RelayContext
  request: PartRequest
  plan: PartsPlan
  session: UploadSession
  runner: AttemptRunner
  /** Most parts of this object in flight at the same time. */
  partConcurrency: number
  signal: AbortSignal | undefined
}

/** Copies all unfinished parts. After a failure no further part starts, and those in flight are ended. */
export function copyParts(work: PartsWork): Promise<PartsResult> {
  return work.plan.boundaries === 'in-order' ? copyInOrder(work) : copyTogether(work)
}

async function copyTogether(work: PartsWork): Promise<PartsResult> {
  const { session, plan } = work
  const digest = new PartsDigest(work.request.watch)
  const waiting = plan.parts.filter(({ number }) => !session.finished.has(number))
  const ended = new AbortController()
  let next = 0
  let attempts = 1
  let failure: AttemptFailure | null = null

  async function worker(): Promise<void> {
    while (failure === null && next < waiting.length) {
      const part = waiting[next++]!
      const run = await runPart(work, part, () => null, ended.signal)
      attempts = Math.max(attempts, run.attempts)
      if (run.ok) acknowledge(work, part, run.value, digest)
      else if (failure === null) {
        ;({ failure } = run)
        ended.abort()
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(inFlight(work), waiting.length) }, worker))
  if (failure !== null) return { ok: false, failure, attempts }
  const { parts } = plan
  const read = comparesEtags(plan, work.request.object) ? digest.etag(parts) : null
  const computed = digest.checksums(parts)
  return { ok: true, etags: etagsOf(work), read, computed, composite: digest.composite(parts), attempts }
}

/** Parts in flight are sent again after a kill: at most a tenth of the object, if their bytes pass through here. */
const IN_FLIGHT_SHARE = 0.1

function inFlight({ plan, request, partConcurrency }: PartsWork): number {
  if (request.inStore !== null) return partConcurrency
  return Math.min(partConcurrency, Math.max(1, Math.floor(plan.parts.length * IN_FLIGHT_SHARE)))
}

/** True if an upload in these parts must have the source's ETag. */
export function comparesEtags({ boundaries }: PartsPlan, { etagIsDigest }: SourceObject): boolean {
  return boundaries === 'same-boundaries' && etagIsDigest
}

/** One part after the other through one hash; a repeated part starts from the hash as it was before it. */
async function copyInOrder(work: PartsWork): Promise<PartsResult> {
  const { session, plan, request } = work
  const digest = new PartsDigest(request.watch)
  const algorithm = hashInOrder(request.object)!
  let hash = createHash(algorithm)
  let attempts = 1
  for (const part of plan.parts) {
    const before = hash
    const restart = (): Hash => (hash = before.copy())
    const there = session.finished.has(part.number)
    const run = there ? await readAgain(work, part, restart) : await runPart(work, part, restart, undefined)
    attempts = Math.max(attempts, run.attempts)
    if (!run.ok) return { ok: false, failure: run.failure, attempts }
    if (run.value !== null) acknowledge(work, part, run.value, digest)
  }
  const etags = etagsOf(work)
  const computed = digest.checksums(plan.parts)
  if (algorithm === 'md5')
    return { ok: true, etags, read: hash.digest('hex'), computed, composite: null, attempts }
  computed[algorithm] = hash.digest('base64')
  return { ok: true, etags, read: null, computed, composite: null, attempts }
}

function acknowledge(
  { session, plan }: PartsWork,
  part: PlannedPart,
  copied: CopiedPart,
  digest: PartsDigest,
): void {
  session.note(part, copied.etag, plan.parts.length)
  digest.add(part, copied)
}

function runPart(
  work: PartsWork,
  part: PlannedPart,
  running: () => Hash | null,
  ended: AbortSignal | undefined,
): Promise<RunResult<CopiedPart>> {
  const { context, request } = work
  return work.runner.run((given) => {
    const signal = anyOf(given ?? work.signal, ended)
    if (request.inStore !== null)
      return copyPartInStore(context.destination, request, part, request.inStore, signal)
    if (request.whole !== null) return sendPart(context.destination, request, part, request.whole, signal)
    return new PartRelay(context, request, part, running()).start(signal)
  })
}

/** Most bytes of a finished part held in memory while they are read again for the MD5. */
const READ_BYTES = 8 * 1024 * 1024

/** The MD5 of a part that an earlier process copied has to be computed from the source again. */
async function readAgain(work: PartsWork, part: PlannedPart, restart: () => Hash): Promise<RunResult<null>> {
  const { location, object } = work.request
  const running = restart()
  let attempts = 1
  for (let start = part.start; start < part.end; start += READ_BYTES) {
    const end = Math.min(part.end, start + READ_BYTES)
    const run = await work.runner.run(async (given) => {
      const range = { ...location, start, end, ifMatch: object.rawEtag }
      const read = await readRange(location.endpoint, range, given ?? work.signal)
      // These bytes were written before.
      return read.ok ? { ok: true, value: read.value } : read
    })
    attempts = Math.max(attempts, run.attempts)
    if (!run.ok) return run
    running.update(run.value)
  }
  return { ok: true, value: null, attempts }
}

function etagsOf({ plan, session }: PartsWork): string[] {
  return plan.parts.map(({ number }) => session.finished.get(number)!)
}

function anyOf(one: AbortSignal | undefined, other: AbortSignal | undefined): AbortSignal | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return AbortSignal.any([one, other])
}
