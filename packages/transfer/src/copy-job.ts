import type { Attempt, AttemptFailure, AttemptRunner, RunResult } from './attempt.js'
import type { CopyJob, CopyResult } from './copier.js'
import type { ResolvedCopier } from './copier-options.js'
import { copyLargeObject, type LargeObjectResult } from './copy-large-object.js'
import {
  ALREADY_THERE,
  CopyObject,
  type ObjectRequest,
  type ObjectTerms,
  type WrongObject,
} from './copy-object.js'
import { headDestination, removeWrong } from './destination-object.js'
import { limitsOf } from './destination-limits.js'
import { parseEtag } from './etag.js'
import { needsSourceParts, planObject, type PlanInput, type PlanTuning } from './plan-object.js'
import type { RelayContext } from './relay.js'
import type { SourceObject } from './source-object.js'
import { findSourceParts, type SourcePlace } from './source-parts.js'
import { fetchTagging } from './source-tags.js'
import { pushWrittenHeaders } from './written-object.js'

/** How often an object that changes while it is copied, or is refused as it was planned, is planned anew. */
const MOST_ROUNDS = 3

/** What a job carries through its rounds. */
interface JobWork {
  job: CopyJob
  request: ObjectRequest
  destinationKey: string
  runner: AttemptRunner
  signal: AbortSignal | undefined
}

/**
 * Copies one job to its end: a single PUT, or parts, planned anew as long as the source changes under it.
 *
 * 1. A wrong object that an attempt left at the destination is replaced by a right one or removed before the job ends.
 * 2. What the destination has already is looked at once, before the first byte is read.
 */
export class JobCopier {
  readonly #context: RelayContext
  readonly #settings: ResolvedCopier
  readonly #limits
  /** False once the destination turned out not to know `If-None-Match`. */
  #conditionalWrites = true

  constructor(context: RelayContext, settings: ResolvedCopier) {
    this.#context = context
    this.#settings = settings
    this.#limits = limitsOf(settings.destination)
  }

  async copy(work: JobWork): Promise<CopyResult> {
    if (this.#settings.overwrite === 'overwrite') return this.#copyRounds(work, null)
    const { request, runner, signal, destinationKey } = work
    const head = await runner.run((given) =>
      headDestination(this.#context.destination, request.destinationPath, destinationKey, given ?? signal),
    )
    if (!head.ok) return head
    const there = head.value
    if (there === null) return this.#copyRounds(work, null)
    if (this.#settings.overwrite === 'if-missing') return skipped(there.etag, 'none', head.attempts)
    return this.#copyRounds(work, there.rawEtag)
  }

  async #copyRounds(work: JobWork, unlessEtag: string | null): Promise<CopyResult> {
    let { tuning } = this.#settings
    let attempts = 1
    let wrong: WrongObject | null = null
    const terms: ObjectTerms = {
      fitsSinglePut: this.#fitsSinglePut,
      written: this.#settings.written,
      unlessEtag,
      onlyIfMissing: false,
      onWrong: (object) => (wrong = object),
    }
    for (let round = 1; ; round++) {
      terms.onlyIfMissing = this.#settings.overwrite === 'if-missing' && this.#conditionalWrites
      const result = await this.#copyRound(work, terms, tuning)
      attempts = Math.max(attempts, result.attempts)
      if (result.ok) return { ...result, attempts }
      const { failure } = result
      if (failure.code === ALREADY_THERE) return skipped('', 'none', attempts)
      const again = this.#refusesCondition(failure, terms) ? 'same' : result.again
      if (again === 'no' || round === MOST_ROUNDS) {
        if (wrong !== null) await this.#removeWrong(work, wrong)
        return { ok: false, failure: lastWord(failure), attempts }
      }
      if (again === 'other-boundaries') tuning = { ...tuning, keepBoundaries: false }
      if (again === 'single-put') terms.fitsSinglePut = () => true
    }
  }

  async #copyRound(
    work: JobWork,
    terms: ObjectTerms,
    tuning: PlanTuning,
  ): Promise<Extract<CopyResult, { ok: true }> | Extract<LargeObjectResult, { ok: false }>> {
    const { request, runner, signal } = work
    const run = await runner.run((given) =>
      new CopyObject(this.#context, request, terms).start(given ?? signal),
    )
    if (!run.ok) return { ...run, again: 'no' }
    const { value, attempts } = run
    if (value.kind === 'planned') return this.#copyPlanned(work, value.object, terms, tuning)
    if (value.kind === 'same') return skipped(value.etag, 'etag', attempts)
    const { bytes, etag, verification } = value
    return { ok: true, bytes, etag, verification, attempts }
  }

  async #copyPlanned(
    { job, request, destinationKey, runner, signal }: JobWork,
    object: SourceObject,
    { onlyIfMissing }: ObjectTerms,
    tuning: PlanTuning,
  ): Promise<LargeObjectResult> {
    const { sourcePath: path, sourceQuery: query, name } = request
    const place: SourcePlace = { endpoint: this.#context.source, path, query, name }
    const input = this.#planInput(object, tuning)
    const sizes = await this.#sourceParts(place, object, input, runner, signal)
    if (!sizes.ok) return { ...sizes, again: sizes.failure.status === 412 ? 'same' : 'no' }
    const plan = planObject(sizes.value === null ? input : { ...input, sourcePartSizes: sizes.value })
    if (plan.kind !== 'parts') {
      const again = plan.kind === 'single' ? 'single-put' : 'no'
      const reason = plan.kind === 'single' ? 'the parts of the source are unknown' : plan.reason
      return { ok: false, failure: tooLarge(name, reason), attempts: 1, again }
    }
    const tagging = await runner.run((given) => this.#tagging(place, object, given ?? signal))
    if (!tagging.ok) return { ...tagging, again: 'no' }
    const createHeaders: string[] = []
    pushWrittenHeaders(this.#settings.written, object, tagging.value, createHeaders)
    const { partConcurrency, uploads: ledger } = this.#settings
    const { destinationPath } = request
    const versionId = job.versionId ?? null
    return copyLargeObject(
      { place, versionId, object, plan, destinationKey, destinationPath, createHeaders, onlyIfMissing },
      { context: this.#context, runner, ledger, partConcurrency, signal },
    )
  }

  async #sourceParts(
    place: SourcePlace,
    object: SourceObject,
    input: PlanInput,
    runner: AttemptRunner,
    signal: AbortSignal | undefined,
  ): Promise<RunResult<number[] | null>> {
    const etag = parseEtag(object.etag)
    if (etag.kind !== 'parts' || !needsSourceParts(input)) return { ok: true, value: null, attempts: 1 }
    return runner.run((given) => findSourceParts(place, object, etag.parts, given ?? signal))
  }

  async #tagging(
    place: SourcePlace,
    object: SourceObject,
    signal: AbortSignal | undefined,
  ): Promise<Attempt<string>> {
    const wanted = this.#settings.written.tags && object.tagCount > 0
    return wanted ? fetchTagging(place, signal) : { ok: true, value: '', bytes: 0, ttfbMs: 0 }
  }

  readonly #fitsSinglePut = (object: SourceObject): boolean => {
    const input = this.#planInput(object, this.#settings.tuning)
    return !needsSourceParts(input) && planObject(input).kind === 'single'
  }

  #planInput({ sizeBytes, etag, etagIsDigest }: SourceObject, tuning: PlanTuning): PlanInput {
    return { sizeBytes, etag, etagIsDigest, limits: this.#limits, tuning }
  }

  /** A store that does not know the condition says so, in one of two ways; it is not asked again. */
  #refusesCondition({ side, code, status }: AttemptFailure, { onlyIfMissing }: ObjectTerms): boolean {
    if (!onlyIfMissing || side !== 'destination') return false
    if (status !== 501 && !(status === 400 && (code === 'InvalidArgument' || code === 'InvalidRequest')))
      return false
    this.#conditionalWrites = false
    return true
  }

  #removeWrong({ request, destinationKey }: JobWork, wrong: WrongObject): Promise<void> {
    return removeWrong(this.#context.destination, request.destinationPath, destinationKey, wrong)
  }
}

function skipped(etag: string, verification: string, attempts: number): Extract<CopyResult, { ok: true }> {
  return { ok: true, skipped: true, bytes: 0, etag, verification, attempts }
}

/** A source that kept changing is worth another try later. */
function lastWord(failure: AttemptFailure): AttemptFailure {
  return failure.code === 'SourceChanged' ? { ...failure, class: 'transient' } : failure
}

function tooLarge(name: string, reason: string): AttemptFailure {
  const message = `${JSON.stringify(name)}: ${reason}`
  return { class: 'permanent', side: 'destination', code: 'EntityTooLarge', message }
}
