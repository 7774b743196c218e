import { createHash, type Hash } from 'node:crypto'
import type { AttemptFailure, AttemptRunner, RunResult } from './attempt.js'
import { copyPartInStore } from './copy-part-in-store.js'
import { CopyPart, type PartRequest } from './copy-part.js'
import type { ObjectPlan, PlannedPart } from './plan-object.js'
import { readRange } from './ranged-read.js'
import type { RelayContext } from './relay.js'
import type { UploadSession } from './upload-session.js'

type PartsPlan = Extract<ObjectPlan, { kind: 'parts' }>

/** All parts are at the destination, or the first failure that ended it. */
export type PartsResult =
  | {
      ok: true
      etags: string[]
      /** MD5 of the whole, for a plan that computes it. */
      md5: string | null
      attempts: number
    }
  | { ok: false; failure: AttemptFailure; attempts: number }

/** What copying the parts of one object needs. */
export interface PartsWork {
  context: RelayContext
  request: PartRequest
  plan: PartsPlan
  session: UploadSession
  runner: AttemptRunner
  /** Parts of this object under way at once. */
  partConcurrency: number
  signal: AbortSignal | undefined
}

/** Copies all parts that are not finished. After a failure no further part starts, and those under way are ended. */
export function copyParts(work: PartsWork): Promise<PartsResult> {
  return work.plan.boundaries === 'in-order' ? copyInOrder(work) : copyTogether(work)
}

async function copyTogether(work: PartsWork): Promise<PartsResult> {
  const { session, plan, partConcurrency } = work
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
      if (run.ok) session.note(part, run.value, plan.parts.length)
      else if (failure === null) {
        ;({ failure } = run)
        ended.abort()
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(partConcurrency, waiting.length) }, worker))
  return failure === null ? finished(work, null, attempts) : { ok: false, failure, attempts }
}

/** One part after the other through one MD5; a repeated part starts from the MD5 as it stood before it. */
async function copyInOrder(work: PartsWork): Promise<PartsResult> {
  const { session, plan } = work
  let md5 = createHash('md5')
  let attempts = 1
  for (const part of plan.parts) {
    const before = md5
    let run: RunResult<string>
    if (session.finished.has(part.number)) run = await readAgain(work, part, () => (md5 = before.copy()))
    else run = await runPart(work, part, () => (md5 = before.copy()), undefined)
    attempts = Math.max(attempts, run.attempts)
    if (!run.ok) return { ok: false, failure: run.failure, attempts }
    if (!session.finished.has(part.number)) session.note(part, run.value, plan.parts.length)
  }
  return finished(work, md5.digest('hex'), attempts)
}

function runPart(
  work: PartsWork,
  part: PlannedPart,
  running: () => Hash | null,
  ended: AbortSignal | undefined,
): Promise<RunResult<string>> {
  const { context, request } = work
  return work.runner.run((given) => {
    const signal = anyOf(given ?? work.signal, ended)
    if (request.inStore !== null)
      return copyPartInStore(context.destination, request, part, request.inStore, signal)
    return new CopyPart(context, request, part, running()).start(signal)
  })
}

/** Most bytes of a finished part held in memory while they are read again for the MD5. */
const READ_BYTES = 8 * 1024 * 1024

/** The MD5 of a part that an earlier process copied has to be computed from the source again. */
async function readAgain(
  work: PartsWork,
  part: PlannedPart,
  restart: () => Hash,
): Promise<RunResult<string>> {
  const { place, object } = work.request
  const running = restart()
  let attempts = 1
  for (let start = part.start; start < part.end; start += READ_BYTES) {
    const end = Math.min(part.end, start + READ_BYTES)
    const run = await work.runner.run(async (given) => {
      const range = { ...place, start, end, ifMatch: object.rawEtag }
      const read = await readRange(place.endpoint, range, given ?? work.signal)
      // These bytes were copied before: they are work, but none that landed.
      return read.ok ? { ...read, bytes: 0 } : read
    })
    attempts = Math.max(attempts, run.attempts)
    if (!run.ok) return run
    running.update(run.value)
  }
  return { ok: true, value: '', attempts }
}

function finished({ plan, session }: PartsWork, md5: string | null, attempts: number): PartsResult {
  return { ok: true, etags: plan.parts.map(({ number }) => session.finished.get(number)!), md5, attempts }
}

function anyOf(one: AbortSignal | undefined, other: AbortSignal | undefined): AbortSignal | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return AbortSignal.any([one, other])
}
