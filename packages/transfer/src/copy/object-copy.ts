import type { AttemptFailure } from '../attempt.js'
import type { CopyResult } from '../contract.js'
import type { ResolvedCopier } from '../options/copier-options.js'
import type { LargeObjectResult } from './large-object.js'
import { ALREADY_THERE, CopyObject, type ObjectTerms } from './small-object.js'
import { copyPlanned, locationOf, planInput, type JobWork, type Planning } from './execute-plan.js'
import { limitsOf } from '../options/provider-limits.js'
import { headDestination } from '../s3/destination-object.js'
import { needsSourceParts, planObject, type PlanTuning } from './plan.js'
import type { RelayContext } from '../relay/context.js'
import { md5OfStored } from '../verify/read-back.js'
import { skipped } from './skipped-result.js'
import type { SourceObject } from '../s3/object-headers.js'
import { headSource } from '../s3/head-source.js'
import { PartFinder } from './source-parts.js'
import { StoreCopier } from './server-side.js'
import { findSize } from './find-size.js'
import { ObjectTags } from './object-tags.js'
import { BadCopies, isUnknownWrite } from './bad-copies.js'
import { parseEtag, sameEtag } from '../verify/etag.js'

/** How often an object that changes while it is copied, or is refused as it was planned, is planned anew. */
const MAX_ROUNDS = 3
/** Keys of failed copies that are remembered because something of theirs may be at the destination. */
const MAX_UNSETTLED = 10_000

/**
 * Copies one job to its end: a single PUT, or parts, planned anew as long as the source changes under it.
 *
 * 1. A bad copy that an attempt left at the destination is replaced by a good one or removed before the job ends, and never taken for somebody else's.
 * 2. What the destination has already is looked at once, before the first byte is read.
 */
export class JobCopier {
  readonly #context: RelayContext
  readonly #settings: ResolvedCopier
  readonly #planning: Planning
  readonly #inStore: StoreCopier | null
  /** What failed copies may have left, by encoded path. */
  readonly #unsettled = new Map<string, BadCopies>()
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
    const { request, destinationKey } = work
    const path = request.destinationPath
    const bad = this.#unsettled.get(path) ?? new BadCopies(this.#context.destination, path, destinationKey)
    this.#unsettled.delete(path)
    const result = await this.#copyUnlessThere(work, bad)
    const isUnsettled = !result.ok && bad.isSuspect && this.#settings.overwrite === 'if-missing'
    if (isUnsettled && this.#unsettled.size < MAX_UNSETTLED) this.#unsettled.set(path, bad)
    return result
  }

  async #copyUnlessThere(work: JobWork, bad: BadCopies): Promise<CopyResult> {
    if (this.#settings.overwrite === 'overwrite') return this.#copyAnyWay(work, null, bad)
    const { request, runner, signal, destinationKey } = work
    const head = await runner.run(async (given) => {
      const startedAt = performance.now()
      const { destination } = this.#context
      // A write that replaces nothing needs no look before it.
      const mayBeHidden = this.#settings.overwrite === 'if-missing' && this.#conditionalWrites
      const path = request.destinationPath
      const looked = await headDestination(destination, path, destinationKey, given ?? signal, mayBeHidden)
      // Where nothing is copied, it is all that tells how the store does.
      return looked.ok ? { ...looked, ttfbMs: performance.now() - startedAt } : looked
    })
    if (!head.ok) return head
    const there = head.value
    if (there === null) return this.#copyAnyWay(work, null, bad)
    if (this.#settings.overwrite === 'if-missing') {
      const judged = await this.#judgeThere(work, bad)
      if (judged.ok) return judged.skipped === true ? skipped(there.etag, 'none', head.attempts) : judged
      return judged.again === 'no' ? judged : this.#copyAnyWay(work, null, bad)
    }
    return this.#copyAnyWay(work, there.rawEtag === '' ? null : there.rawEtag, bad)
  }

  /** Within the store where that is possible, else through this machine. */
  async #copyAnyWay(work: JobWork, unlessEtag: string | null, bad: BadCopies): Promise<CopyResult> {
    const copied = await this.#inStore?.copy(work, unlessEtag, bad)
    return copied ?? this.#copyRounds(work, unlessEtag, bad)
  }

  async #copyRounds(work: JobWork, unlessEtag: string | null, bad: BadCopies): Promise<CopyResult> {
    let { tuning } = this.#settings
    let attempts = 0
    const terms: ObjectTerms = {
      fitsSinglePut: this.#fitsSinglePut,
      written: this.#settings.written,
      unlessEtag,
      onlyIfMissing: false,
      bad,
      tags: new ObjectTags(this.#settings.written.tags),
      sizeBytes: null,
    }
    for (let round = 1; ; round++) {
      terms.onlyIfMissing = this.#settings.overwrite === 'if-missing' && this.#conditionalWrites
      const result = await this.#copyRound(work, terms, tuning, bad)
      attempts = Math.max(attempts, result.attempts)
      const checked = result.ok && this.#wantsReadBack(result) ? await this.#readBack(work, result) : result
      if (checked.ok) return this.#confirmed(work, { ...checked, attempts }, terms.tags)
      let { failure, again } = checked
      // Only a comparison proves a copy bad; one that could not be read back is left alone.
      if (result.ok && failure.code === 'ChecksumMismatch') bad.add({ etag: result.etag, versionId: null })
      if (failure.code === ALREADY_THERE) {
        const there = await this.#judgeThere(work, bad)
        if (there.ok) return { ...there, attempts }
        ;({ failure, again } = there)
      }
      if (this.#refusesCondition(failure, terms)) again = 'same'
      if (again === 'no' || round === MAX_ROUNDS) {
        await bad.remove()
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
    bad: BadCopies,
  ): Promise<RoundResult> {
    const { request, runner, signal } = work
    const run = await runner.run(async (given) => {
      // What an earlier attempt wrote would stand in the way of a write that must not replace anything.
      if (terms.onlyIfMissing) await bad.remove()
      const attempt = await new CopyObject(this.#context, request, terms).start(given ?? signal)
      if (!attempt.ok && isUnknownWrite(attempt.failure)) bad.inDoubt = true
      return attempt
    })
    if (!run.ok) return { ...run, again: 'no' }
    const { value, attempts } = run
    if (value.kind === 'planned') {
      const planned = { ...terms, tuning, inStore: null, whole: value.whole }
      return copyPlanned(this.#planning, work, value.object, planned)
    }
    if (value.kind === 'same') return skipped(value.etag, 'etag', attempts)
    if (value.kind === 'unsized') {
      const size = await findSize(locationOf(this.#planning, request), work)
      if (!size.ok) return { ...size, again: 'no' }
      terms.sizeBytes = size.value
      return this.#copyRound(work, terms, tuning, bad)
    }
    const { bytes, etag, verification } = value
    return { ok: true, bytes, etag, verification, attempts }
  }

  /**
   * What an object that stood in the way of a write is: somebody else's, which stays and is skipped; a bad copy of this job's, which is removed to try again; or
   * what a write of this job whose answer was lost stored, which has to be what the source has.
   */
  async #judgeThere(work: JobWork, bad: BadCopies): Promise<RoundResult> {
    if (!bad.isSuspect) return skipped('', 'none', 1)
    const { request, destinationKey, runner, signal } = work
    const head = await runner.run((given) =>
      headDestination(this.#context.destination, request.destinationPath, destinationKey, given ?? signal),
    )
    if (!head.ok) return { ...head, again: 'no' }
    const there = head.value
    const name = JSON.stringify(destinationKey)
    if (there === null) return mismatch(`${name}: what stood in the way is gone`, 'same')
    if (bad.has(there.etag)) {
      const removed = await bad.remove()
      const message = `${name}: stored with ETag ${there.etag}, which is not what the source has`
      return mismatch(removed ? message : `${message}; it could not be removed`, removed ? 'same' : 'no')
    }
    if (!bad.inDoubt) return skipped(there.etag, 'none', head.attempts)
    const { etag, sizeBytes: bytes } = there
    const compared = await this.#readBack(work, { ok: true, bytes, etag, verification: 'size', attempts: 1 })
    if (compared.ok) bad.inDoubt = false
    return compared.ok ? compared : { ...compared, again: 'no' }
  }

  async #confirmed(work: JobWork, result: Copied, tags: ObjectTags): Promise<Copied> {
    const { request, destinationKey, runner } = work
    if (result.skipped !== true)
      await tags.confirm(this.#context.destination, request.destinationPath, destinationKey, runner)
    return tags.warning === null || result.skipped === true ? result : { ...result, warning: tags.warning }
  }

  readonly #fitsSinglePut = (object: SourceObject): boolean => {
    const input = planInput(this.#planning, object, this.#settings.tuning)
    return !needsSourceParts(input) && planObject(input).kind === 'single'
  }

  #wantsReadBack({ verification }: Copied): boolean {
    return this.#settings.verify === 'strict' && verification === 'size'
  }

  /** Reads both sides once more and compares. */
  async #readBack(
    { request, destinationKey, runner, signal }: JobWork,
    result: Copied,
  ): Promise<RoundResult> {
    const { source, destination } = this.#planning.context
    const place = locationOf(this.#planning, request)
    const head = await runner.run((given) => headSource(place, given ?? signal))
    if (!head.ok) return { ...head, again: 'no' }
    const { rawEtag, sizeBytes, etag, etagIsDigest } = head.value
    const areDigests =
      etagIsDigest && !destination.capabilities.opaqueEtags && parseEtag(etag).kind !== 'opaque'
    if (areDigests && sameEtag(etag, result.etag))
      return { ...result, bytes: sizeBytes, verification: 'etag' }
    const here = { ...place, endpoint: source, rawEtag, sizeBytes }
    const there = {
      endpoint: destination,
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
}

type Copied = Extract<CopyResult, { ok: true }>

/** One round's copy, or why there is none and how the object is planned anew. */
type RoundResult = Copied | Extract<LargeObjectResult, { ok: false }>

function mismatch(message: string, again: 'same' | 'no'): RoundResult {
  const failure = { class: 'transient', side: 'destination', code: 'ChecksumMismatch', message } as const
  return { ok: false, failure, attempts: 1, again }
}

/** A source that kept changing is worth another try later. */
function lastWord(failure: AttemptFailure): AttemptFailure {
  return failure.code === 'SourceChanged' ? { ...failure, class: 'transient' } : failure
}
