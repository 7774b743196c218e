import type { AttemptFailure } from '../attempt.js'
import type { CopyResult } from '../contract.js'
import type { ResolvedCopier } from '../options/copier-options.js'
import type { LargeObjectResult } from './large-object.js'
import { ALREADY_THERE, CopyObject, type ObjectTerms } from './small-object.js'
import { copyPlanned, placeOf, planInput, type JobWork, type Planning } from './execute-plan.js'
import { limitsOf } from '../options/provider-limits.js'
import { headDestination } from '../s3/destination-object.js'
import { needsSourceParts, planObject, type PlanTuning } from './plan.js'
import type { RelayContext } from '../relay/relay.js'
import { md5OfStored } from '../verify/read-back.js'
import { skipped } from './skipped-result.js'
import type { SourceObject } from '../s3/object-headers.js'
import { headSource } from '../s3/head-source.js'
import { PartFinder } from './source-parts.js'
import { StoreCopier } from './server-side.js'
import { removeWrong, type WrongObject } from './remove-bad-copy.js'

/** How often an object that changes while it is copied, or is refused as it was planned, is planned anew. */
const MOST_ROUNDS = 3

/**
 * Copies one job to its end: a single PUT, or parts, planned anew as long as the source changes under it.
 *
 * 1. A wrong object that an attempt left at the destination is replaced by a right one or removed before the job ends.
 * 2. What the destination has already is looked at once, before the first byte is read.
 */
export class JobCopier {
  readonly #context: RelayContext
  readonly #settings: ResolvedCopier
  readonly #planning: Planning
  readonly #inStore: StoreCopier | null
  /** False once the destination turned out not to know `If-None-Match`, or where that was known before. */
  #conditionalWrites: boolean

  constructor(context: RelayContext, settings: ResolvedCopier) {
    this.#context = context
    this.#settings = settings
    this.#conditionalWrites = settings.destination.conditionalWrites
    this.#planning = { context, settings, limits: limitsOf(settings.destination), parts: new PartFinder() }
    this.#inStore = settings.serverSideCopy !== 'never' ? new StoreCopier(this.#planning) : null
  }

  async copy(work: JobWork): Promise<CopyResult> {
    if (this.#settings.overwrite === 'overwrite') return this.#copyAnyWay(work, null)
    const { request, runner, signal, destinationKey } = work
    const head = await runner.run((given) =>
      headDestination(this.#context.destination, request.destinationPath, destinationKey, given ?? signal),
    )
    if (!head.ok) return head
    const there = head.value
    if (there === null) return this.#copyAnyWay(work, null)
    if (this.#settings.overwrite === 'if-missing') return skipped(there.etag, 'none', head.attempts)
    return this.#copyAnyWay(work, there.rawEtag === '' ? null : there.rawEtag)
  }

  /** Within the store where that is possible, else through this machine. */
  async #copyAnyWay(work: JobWork, unlessEtag: string | null): Promise<CopyResult> {
    const copied = await this.#inStore?.copy(work, unlessEtag)
    return copied ?? this.#copyRounds(work, unlessEtag)
  }

  async #copyRounds(work: JobWork, unlessEtag: string | null): Promise<CopyResult> {
    let { tuning } = this.#settings
    let attempts = 0
    // In a bucket that keeps versions each of them is there.
    const wrong: WrongObject[] = []
    const terms: ObjectTerms = {
      fitsSinglePut: this.#fitsSinglePut,
      written: this.#settings.written,
      unlessEtag,
      onlyIfMissing: false,
      onWrong: (object) => wrong.push(object),
    }
    for (let round = 1; ; round++) {
      terms.onlyIfMissing = this.#settings.overwrite === 'if-missing' && this.#conditionalWrites
      const result = await this.#copyRound(work, terms, tuning)
      attempts = Math.max(attempts, result.attempts)
      if (result.ok && !this.#wantsReadBack(result)) return { ...result, attempts }
      const checked = result.ok ? await this.#readBack(work, result) : result
      if (checked.ok) return { ...checked, attempts }
      const { failure } = checked
      if (checked.wrong !== undefined) wrong.push(checked.wrong)
      // Only a comparison proves an object wrong; one that could not be read back is left alone.
      if (result.ok && failure.code === 'ChecksumMismatch') wrong.push({ etag: result.etag, versionId: null })
      if (failure.code === ALREADY_THERE) return skipped('', 'none', attempts)
      const again = this.#refusesCondition(failure, terms) ? 'same' : checked.again
      if (again === 'no' || round === MOST_ROUNDS) {
        // The newest first: behind it, the one before may come to be seen again.
        for (const object of wrong.toReversed()) await this.#removeWrong(work, object)
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
    if (value.kind === 'planned')
      return copyPlanned(this.#planning, work, value.object, {
        ...terms,
        tuning,
        inStore: null,
        whole: value.whole,
      })
    if (value.kind === 'same') return skipped(value.etag, 'etag', attempts)
    const { bytes, etag, verification } = value
    return { ok: true, bytes, etag, verification, attempts }
  }

  readonly #fitsSinglePut = (object: SourceObject): boolean => {
    const input = planInput(this.#planning, object, this.#settings.tuning)
    return !needsSourceParts(input) && planObject(input).kind === 'single'
  }

  #wantsReadBack({ verification }: Extract<CopyResult, { ok: true }>): boolean {
    return this.#settings.verify === 'strict' && verification === 'size'
  }

  /** Reads both sides once more and compares. */
  async #readBack(
    { request, destinationKey, runner, signal }: JobWork,
    result: Extract<CopyResult, { ok: true }>,
  ): Promise<Extract<CopyResult, { ok: true }> | Extract<LargeObjectResult, { ok: false }>> {
    const { source, destination } = this.#planning.context
    const place = placeOf(this.#planning, request)
    const head = await runner.run((given) => headSource(place, given ?? signal))
    if (!head.ok) return { ...head, again: 'no' }
    const { rawEtag, sizeBytes } = head.value
    const here = { ...place, endpoint: source, side: 'source' as const, rawEtag, sizeBytes }
    const there = {
      endpoint: destination,
      side: 'destination' as const,
      path: request.destinationPath,
      query: '',
      name: destinationKey,
      rawEtag: `"${result.etag}"`,
      sizeBytes: result.bytes,
    }
    const from = await runner.run((given) => md5OfStored(here, given ?? signal))
    if (!from.ok) return { ...from, again: from.failure.status === 412 ? 'same' : 'no' }
    const to = await runner.run((given) => md5OfStored(there, given ?? signal))
    if (!to.ok) return { ...to, again: to.failure.status === 412 ? 'same' : 'no' }
    if (from.value === to.value) return { ...result, verification: 'read-back' }
    const message = `${JSON.stringify(destinationKey)}: read back with MD5 ${to.value}, the source has ${from.value}`
    const failure = { class: 'transient', side: 'destination', code: 'ChecksumMismatch', message } as const
    return { ok: false, failure, attempts: result.attempts, again: 'same' }
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

/** A source that kept changing is worth another try later. */
function lastWord(failure: AttemptFailure): AttemptFailure {
  return failure.code === 'SourceChanged' ? { ...failure, class: 'transient' } : failure
}
