import type { AttemptFailure, AttemptRunner, RunResult } from './attempt.js'
import type { CopyJob, CopyResult } from './copier.js'
import type { ResolvedCopier } from './copier-options.js'
import { copyLargeObject, type LargeObjectResult } from './copy-large-object.js'
import { CopyObject, type ObjectRequest } from './copy-object.js'
import { limitsOf } from './destination-limits.js'
import { parseEtag } from './etag.js'
import { needsSourceParts, planObject, type PlanInput, type PlanTuning } from './plan-object.js'
import type { RelayContext } from './relay.js'
import type { SourceObject } from './source-object.js'
import { findSourceParts, type SourcePlace } from './source-parts.js'

/** How often an object that changes while it is copied is planned anew. */
const MOST_ROUNDS = 3

/** Copies one job to its end: a single PUT, or parts, planned anew as long as the source changes under it. */
export class JobCopier {
  readonly #context: RelayContext
  readonly #settings: ResolvedCopier
  readonly #limits
  readonly #fitsSinglePut: (object: SourceObject) => boolean

  constructor(context: RelayContext, settings: ResolvedCopier) {
    this.#context = context
    this.#settings = settings
    this.#limits = limitsOf(settings.destination)
    this.#fitsSinglePut = (object) => {
      const input = this.#planInput(object, settings.tuning)
      return !needsSourceParts(input) && planObject(input).kind === 'single'
    }
  }

  async copy(
    job: CopyJob,
    request: ObjectRequest,
    runner: AttemptRunner,
    signal: AbortSignal | undefined,
  ): Promise<CopyResult> {
    let fits = this.#fitsSinglePut
    let { tuning } = this.#settings
    let attempts = 1
    for (let round = 1; ; round++) {
      const run = await runner.run((given) =>
        new CopyObject(this.#context, request, fits).start(given ?? signal),
      )
      attempts = Math.max(attempts, run.attempts)
      if (!run.ok) return { ...run, attempts }
      if (run.value.kind === 'copied') {
        const { bytes, etag, verification } = run.value
        return { ok: true, bytes, etag, verification, attempts }
      }
      const result = await this.#copyPlanned(job, request, run.value.object, tuning, runner, signal)
      attempts = Math.max(attempts, result.attempts)
      if (result.ok) return { ...result, attempts }
      if (result.again === 'no' || round === MOST_ROUNDS)
        return { ok: false, failure: lastWord(result.failure), attempts }
      if (result.again === 'other-boundaries') tuning = { ...tuning, keepBoundaries: false }
      if (result.again === 'single-put') fits = () => true
    }
  }

  async #copyPlanned(
    job: CopyJob,
    request: ObjectRequest,
    object: SourceObject,
    tuning: PlanTuning,
    runner: AttemptRunner,
    signal: AbortSignal | undefined,
  ): Promise<LargeObjectResult> {
    const place: SourcePlace = {
      endpoint: this.#context.source,
      path: request.sourcePath,
      query: request.sourceQuery,
      name: request.name,
    }
    const input = this.#planInput(object, tuning)
    const sizes = await this.#sourceParts(place, object, input, runner, signal)
    if (!sizes.ok) return { ...sizes, again: sizes.failure.status === 412 ? 'same' : 'no' }
    const plan = planObject(sizes.value === null ? input : { ...input, sourcePartSizes: sizes.value })
    if (plan.kind !== 'parts') {
      const again = plan.kind === 'single' ? 'single-put' : 'no'
      const reason = plan.kind === 'single' ? 'the parts of the source are unknown' : plan.reason
      return { ok: false, failure: tooLarge(request.name, reason), attempts: 1, again }
    }
    const { partConcurrency, uploads: ledger } = this.#settings
    return copyLargeObject(
      {
        place,
        versionId: job.versionId ?? null,
        object,
        plan,
        destinationKey: job.destinationKey ?? job.key,
        destinationPath: request.destinationPath,
        createHeaders: [],
        completeHeaders: [],
      },
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

  #planInput({ sizeBytes, etag, etagIsDigest }: SourceObject, tuning: PlanTuning): PlanInput {
    return { sizeBytes, etag, etagIsDigest, limits: this.#limits, tuning }
  }
}

/** A source that kept changing is worth another try later. */
function lastWord(failure: AttemptFailure): AttemptFailure {
  return failure.code === 'SourceChanged' ? { ...failure, class: 'transient' } : failure
}

function tooLarge(name: string, reason: string): AttemptFailure {
  const message = `${JSON.stringify(name)}: ${reason}`
  return { class: 'permanent', side: 'destination', code: 'EntityTooLarge', message }
}
