import type { AttemptFailure, AttemptRunner, RunResult } from '../contract/attempt.js'
import type { CopyJob } from '../contract/copier.js'
import type { ResolvedCopier } from '../options/copier-options.js'
import type { BadCopies } from './bad-copies.js'
import type { ObjectTags } from './object-tags.js'
import { copyLargeObject, type LargeObjectResult } from './large-object.js'
import type { ObjectRequest } from './small-object.js'
import type { DestinationLimits } from '../options/provider-limits.js'
import { parseEtag } from '../protocol/etag.js'
import { needsSourceParts, planInput, planObject, type PlanChanges, type PlanInput } from './plan.js'
import type { PlanTuning } from '../options/part-sizes.js'
import type { RelayContext } from '../relay/context.js'
import type { SourceObject } from '../protocol/object-headers.js'
import type { PartFinder } from './source-parts.js'
import type { ObjectLocation } from '../s3/object-request.js'
import { pushWrittenHeaders } from '../options/destination-headers.js'

/** What all jobs of a copier are planned with. */
export interface Planning {
  context: RelayContext
  settings: ResolvedCopier
  limits: DestinationLimits
  parts: PartFinder
}

/** One job in progress. */
export interface JobWork {
  job: CopyJob
  request: ObjectRequest
  destinationKey: string
  runner: AttemptRunner
  signal: AbortSignal | undefined
}

/** How to write a planned object. */
interface PlannedConditions {
  tuning: PlanTuning
  onlyIfMissing: boolean
  bad: BadCopies
  tags: ObjectTags
  /** Value of `x-amz-copy-source` if the store copies the parts server-side. */
  inStore: string | null
  /** All bytes of a small object in one part; null if they have to be requested. */
  whole: Buffer | null
}

/** Copies an object that does not fit a single PUT, in the parts that its plan says. */
export async function copyPlanned(
  planning: Planning,
  work: JobWork,
  object: SourceObject,
  { tuning, onlyIfMissing, bad, tags, inStore, whole }: PlannedConditions,
): Promise<LargeObjectResult> {
  const { context, settings } = planning
  const { job, request, destinationKey, runner, signal } = work
  const location = locationOf(planning, request)
  const input = planInput(object, planning.limits, tuning)
  const sizes = await sourceParts(planning.parts, location, object, input, runner, signal)
  if (!sizes.ok) return { ...sizes, again: sizes.failure.status === 412 ? {} : null }
  const total = sizes.value?.reduce((sum, size) => sum + size, 0) ?? object.sizeBytes
  if (total !== object.sizeBytes)
    return { ok: false, failure: otherSize(location.name, object.sizeBytes, total), attempts: 1, again: {} }
  const plan = planObject(sizes.value === null ? input : { ...input, sourcePartSizes: sizes.value })
  if (plan.kind !== 'parts') {
    const again: PlanChanges | null = plan.kind === 'single' ? { alwaysSinglePut: true } : null
    const reason = plan.kind === 'single' ? "the source's parts are unknown" : plan.reason
    return { ok: false, failure: tooLarge(location.name, reason), attempts: 1, again }
  }
  const unread = await readTags(tags, location, object, runner, signal)
  if (!unread.ok) return { ...unread, again: null }
  const createHeaders: string[] = []
  pushWrittenHeaders(settings.written, object, tags.value, createHeaders)
  const { partConcurrency, uploads: ledger } = settings
  const { destinationPath } = request
  const versionId = job.versionId ?? null
  const result = await copyLargeObject(
    {
      location,
      versionId,
      object,
      plan,
      destinationKey,
      destinationPath,
      createHeaders,
      onlyIfMissing,
      bad,
      inStore,
      whole,
    },
    { context, runner, ledger, partConcurrency, signal },
  )
  return result.ok ? result : { ...result, failure: tags.asRefused(result.failure) }
}

/** Where the source of a job is. */
export function locationOf(
  { context }: Planning,
  { sourcePath, sourceQuery, name }: ObjectRequest,
): ObjectLocation {
  return { endpoint: context.source, path: sourcePath, query: sourceQuery, name }
}

async function sourceParts(
  parts: PartFinder,
  location: ObjectLocation,
  object: SourceObject,
  input: PlanInput,
  runner: AttemptRunner,
  signal: AbortSignal | undefined,
): Promise<RunResult<number[] | null>> {
  const etag = parseEtag(object.etag)
  const count = etag.kind === 'parts' ? etag.parts : object.composite?.parts
  if (count === undefined || !needsSourceParts(input)) return { ok: true, value: null, attempts: 1 }
  // No request is needed.
  if (count === 1) return { ok: true, value: [object.sizeBytes], attempts: 1 }
  return runner.run((given) => parts.find(location, object, count, given ?? signal))
}

/** Reads the tags of an object if it may have any and they are wanted. */
export function readTags(
  tags: ObjectTags,
  location: ObjectLocation,
  object: SourceObject,
  runner: AttemptRunner,
  signal: AbortSignal | undefined,
): Promise<RunResult<null>> {
  if (!tags.isToBeAsked(location.endpoint, object))
    return Promise.resolve({ ok: true, value: null, attempts: 1 })
  return runner.run(async (given) => {
    const failure = await tags.fetch(location, object, given ?? signal)
    return failure === null ? { ok: true, value: null } : { ok: false, failure }
  })
}

/** One of the responses that the plan is based on is wrong, or they belong to two versions. */
function otherSize(name: string, reported: number, total: number): AttemptFailure {
  const message = `${JSON.stringify(name)}: reported as ${reported} bytes, but its parts have ${total}`
  return { class: 'transient', side: 'source', code: 'SourceChanged', message }
}

function tooLarge(name: string, reason: string): AttemptFailure {
  const message = `${JSON.stringify(name)}: ${reason}`
  return { class: 'permanent', side: 'destination', code: 'EntityTooLarge', message }
}
