import type { Attempt, AttemptFailure, RunResult } from '../contract/attempt.js'
import type { CopyResult } from '../contract/copier.js'
import type { ResolvedCopier } from '../options/copier-options.js'
import { limitsOf } from '../options/provider-limits.js'
import type { RelayContext } from '../relay/context.js'
import { headDestination } from '../s3/object-head.js'
import { sameEtag } from '../protocol/etag.js'
import type { SourceObject } from '../protocol/object-headers.js'
import { BadCopies } from './bad-copies.js'
import { copyPlanned, locationOf, type JobWork, type Planning } from './execute-plan.js'
import { findSize } from './find-size.js'
import { ObjectTags } from './object-tags.js'
import { needsSourceParts, planInput, planObject, type PlanChanges } from './plan.js'
import { ServerSideCopy } from './server-side.js'
import { skipped } from './skipped-result.js'
import { ALREADY_THERE, SmallObjectRelay, type ObjectOutcome, type WriteConditions } from './small-object.js'
import { PartFinder } from './source-parts.js'
import { judgeThere, readBack, type Copied, type RoundResult } from './verify-stored.js'

/** How often an object that changes during the copy, or is refused as planned, is planned again. */
const MAX_ROUNDS = 3
/** Keys of failed copies that are remembered because the destination may hold something of them. */
const MAX_UNSETTLED = 10_000

/** How a round copies the object; the next one may do it in another way. */
interface Way extends PlanChanges {
  /** ETag as a header has it: nothing is copied if the source still has it. */
  readonly unlessEtag: string | null
}

/**
 * Copies one job to its end in rounds: plan, execute, and decide from how that ended whether the object is planned again.
 *
 * 1. A bad copy that an attempt left at the destination is replaced by a good one or removed before the job ends, and never mistaken
 *    for another writer's object.
 * 2. Whether the destination already has the object is checked once, before the first byte is read.
 * 3. A small object that is copied at once awaits nothing but its attempt.
 */
export class ObjectCopy {
  readonly #context: RelayContext
  readonly #settings: ResolvedCopier
  readonly #planning: Planning
  readonly #inStore: ServerSideCopy | null
  /** What failed copies may have left, by encoded path. */
  readonly #unsettled = new Map<string, BadCopies>()
  /** False once the destination turned out not to support `If-None-Match`, or if that was known before. */
  #conditionalWrites: boolean

  constructor(context: RelayContext, settings: ResolvedCopier) {
    this.#context = context
    this.#settings = settings
    this.#conditionalWrites = settings.destination.conditionalWrites
    this.#planning = { context, settings, limits: limitsOf(settings.destination), parts: new PartFinder() }
    this.#inStore = settings.serverSideCopy !== 'never' ? new ServerSideCopy(this.#planning) : null
  }

  async copy(work: JobWork): Promise<CopyResult> {
    const bad = this.#takeUnsettled(work)
    const isPlain = this.#settings.overwrite === 'overwrite' && this.#inStore === null
    const before = isPlain ? { result: null, unlessEtag: null } : await this.#beforeRounds(work, bad)
    if (before.result !== null) return this.#ended(work, bad, before.result)
    const tags = new ObjectTags(this.#settings.written.tags)
    let way: Way = { unlessEtag: before.unlessEtag }
    let attempts = 0
    for (let round = 1; ; round++) {
      const conditions = this.#conditionsOf(way, bad, tags)
      const run = await work.runner.run((given) => this.#attempt(work, conditions, given ?? work.signal))
      const result = copiedBy(run) ?? (await this.#executePlan(work, way, conditions, run))
      attempts = Math.max(attempts, result.attempts)
      const checked = this.#needsNoCheck(result, tags) ? result : await this.#check(work, result, conditions)
      if (checked.ok) return this.#ended(work, bad, withWarning({ ...checked, attempts }, tags))
      const changes = round === MAX_ROUNDS ? null : checked.again
      if (changes === null) {
        await bad.remove()
        return this.#ended(work, bad, { ok: false, failure: lastWord(checked.failure), attempts })
      }
      // Twice refused where nothing is: such a store does not mean what the condition says.
      if (changes.nothingThere === true && way.nothingThere === true) this.#conditionalWrites = false
      way = { ...way, ...changes }
    }
  }

  #takeUnsettled({ request: { destinationPath: path }, destinationKey }: JobWork): BadCopies {
    const bad = this.#unsettled.get(path)
    if (bad === undefined) return new BadCopies(this.#context.destination, path, destinationKey)
    this.#unsettled.delete(path)
    return bad
  }

  #ended(work: JobWork, bad: BadCopies, result: CopyResult): CopyResult {
    const isUnsettled = !result.ok && bad.isSuspect && this.#settings.overwrite === 'if-missing'
    if (isUnsettled && this.#unsettled.size < MAX_UNSETTLED)
      this.#unsettled.set(work.request.destinationPath, bad)
    return result
  }

  /** What the destination has, where that matters, and a copy within the store, where that is possible: then there is a result. */
  async #beforeRounds(
    work: JobWork,
    bad: BadCopies,
  ): Promise<{ result: CopyResult | null; unlessEtag: string | null }> {
    const { overwrite } = this.#settings
    let unlessEtag: string | null = null
    if (overwrite !== 'overwrite') {
      const head = await this.#headDestination(work)
      if (!head.ok) return { result: head, unlessEtag }
      const there = head.value
      if (there !== null && overwrite === 'if-missing') {
        const judged = bad.isSuspect
          ? await judgeThere(this.#planning, work, bad)
          : skipped(there.etag, 'none', head.attempts)
        if (judged.ok || judged.again === null) return { result: judged, unlessEtag }
      } else if (there !== null && there.rawEtag !== '') unlessEtag = there.rawEtag
    }
    const result = await this.#inStore?.copy(work, unlessEtag, bad)
    return { result: result ?? null, unlessEtag }
  }

  #headDestination({
    request,
    runner,
    signal,
    destinationKey,
  }: JobWork): Promise<RunResult<SourceObject | null>> {
    return runner.run(async (given) => {
      const startedAt = performance.now()
      // A write that replaces nothing needs no check before it.
      const mayBeHidden = this.#settings.overwrite === 'if-missing' && this.#conditionalWrites
      const { destination } = this.#context
      const path = request.destinationPath
      const head = await headDestination(destination, path, destinationKey, given ?? signal, mayBeHidden)
      // If nothing is copied, this is the only sign of how the store is doing.
      return head.ok ? { ...head, ttfbMs: performance.now() - startedAt } : head
    })
  }

  #conditionsOf(
    way: Way,
    bad: BadCopies,
    tags: ObjectTags,
    sizeBytes: number | null = null,
  ): WriteConditions {
    return {
      fitsSinglePut: way.alwaysSinglePut === true ? () => true : this.#fitsSinglePut,
      written: this.#settings.written,
      unlessEtag: way.unlessEtag,
      onlyIfMissing: this.#settings.overwrite === 'if-missing' && this.#conditionalWrites,
      bad,
      tags,
      sizeBytes,
    }
  }

  /** One attempt to copy the object as a whole; ends before the PUT where the answer shows that this is not the way. */
  #attempt(
    { request }: JobWork,
    conditions: WriteConditions,
    signal: AbortSignal | undefined,
  ): Promise<Attempt<ObjectOutcome>> {
    const start = () => new SmallObjectRelay(this.#context, request, conditions).start(signal)
    // An object that an earlier attempt wrote would block a write that must not replace anything.
    return conditions.onlyIfMissing && conditions.bad.isSuspect
      ? conditions.bad.remove().then(start)
      : start()
  }

  /** Everything but an object that was copied at once. */
  async #executePlan(
    work: JobWork,
    way: Way,
    conditions: WriteConditions,
    run: RunResult<ObjectOutcome>,
  ): Promise<RoundResult> {
    if (!run.ok) return { ...run, again: null }
    const { value, attempts } = run
    if (value.kind === 'same') return skipped(value.etag, 'etag', attempts)
    if (value.kind === 'planned') {
      // The source calls an object changed that has the same ETag as before.
      if (way.refusedEtag !== undefined && sameEtag(way.refusedEtag, value.object.etag))
        this.#context.source.capabilities.observe({ honoursIfMatch: false })
      const { tuning: usual } = this.#settings
      const tuning = way.keepBoundaries === false ? { ...usual, keepBoundaries: false } : usual
      const planned = { ...conditions, tuning, inStore: null, whole: value.whole }
      return copyPlanned(this.#planning, work, value.object, planned)
    }
    const size = await findSize(locationOf(this.#planning, work.request), work)
    if (!size.ok) return { ...size, again: null }
    const sized = this.#conditionsOf(way, conditions.bad, conditions.tags, size.value)
    const again = await work.runner.run((given) => this.#attempt(work, sized, given ?? work.signal))
    return copiedBy(again) ?? this.#executePlan(work, way, sized, again)
  }

  #needsNoCheck(result: RoundResult, tags: ObjectTags): result is Copied {
    return result.ok && !this.#wantsReadBack(result) && (result.skipped === true || tags.value === '')
  }

  #wantsReadBack({ verification }: Copied): boolean {
    return this.#settings.verify === 'strict' && verification === 'size'
  }

  /** What a round came to at last: a copy is read back and its tags are looked for where that is wanted, a failure is judged. */
  async #check(work: JobWork, result: RoundResult, conditions: WriteConditions): Promise<RoundResult> {
    const { bad, tags } = conditions
    const { request, destinationKey, runner } = work
    const checked =
      result.ok && this.#wantsReadBack(result) ? await readBack(this.#planning, work, result) : result
    if (checked.ok) {
      if (checked.skipped !== true)
        await tags.confirm(this.#context.destination, request.destinationPath, destinationKey, runner)
      return checked
    }
    // Only a comparison proves a copy bad; a copy that could not be read back stays.
    if (result.ok && checked.failure.code === 'ChecksumMismatch')
      bad.add({ etag: result.etag, versionId: null })
    const judged =
      checked.failure.code === ALREADY_THERE ? await judgeThere(this.#planning, work, bad) : checked
    if (judged.ok || !refusesCondition(judged.failure, conditions)) return judged
    this.#conditionalWrites = false
    return { ...judged, again: {} }
  }

  readonly #fitsSinglePut = (object: SourceObject): boolean => {
    const input = planInput(object, this.#planning.limits, this.#settings.tuning)
    return !needsSourceParts(input) && planObject(input).kind === 'single'
  }
}

/** The result of a copy with one GET and one PUT; null for anything else that a run came to. */
function copiedBy(run: RunResult<ObjectOutcome>): Copied | null {
  if (!run.ok || run.value.kind !== 'copied') return null
  const { bytes, etag, verification } = run.value
  return { ok: true, bytes, etag, verification, attempts: run.attempts }
}

function withWarning(result: Copied, { warning }: ObjectTags): Copied {
  return warning === null || result.skipped === true ? result : { ...result, warning }
}

/** A store that does not know the condition says so, in one of several ways. */
function refusesCondition(
  { side, code, status, message }: AttemptFailure,
  { onlyIfMissing }: WriteConditions,
): boolean {
  if (!onlyIfMissing || side !== 'destination' || status === 412) return false
  if (status === 501 || /if-none-match/i.test(message)) return true
  return status === 400 && (code === 'InvalidArgument' || code === 'InvalidRequest')
}

/** A source that kept changing is worth another try later. */
function lastWord(failure: AttemptFailure): AttemptFailure {
  return failure.code === 'SourceChanged' ? { ...failure, class: 'transient' } : failure
}
