import {
  endPlanning,
  itemRowsFor,
  manifestId,
  planManifest,
  readMeta,
  supersedeOthers,
  takeRole,
  type Job,
} from '@lagoon/jobs'
import { describeError } from '../ports/errors.js'
import type { ManifestRef, ManifestSource } from '../ports/manifests.js'

/** Manifests whose footers are read ahead of the one that is being planned. */
const OPENED_AHEAD = 8
/** Time after which the role of a planner that died is free, and how often others look, ms. */
const ROLE_TTL_MS = 10_000
const POLL_MS = 2000

interface PlanJobOptions {
  readonly manifests: Pick<ManifestSource, 'open'>
  /** What there is to plan. */
  readonly discover: (signal: AbortSignal) => Promise<readonly ManifestRef[]>
  /** Name of this worker. */
  readonly worker: string
  /** Rows of an item. Default a thousandth of the job, estimated from the manifests that were read so far. */
  readonly itemRows?: number
  /** Others may follow: the job is not over when these are done. Default false. */
  readonly more?: boolean
  /** This process has looked before: what is planned is left alone. Default false. */
  readonly again?: boolean
  readonly signal: AbortSignal
  /** A manifest was planned; null where only reading tells how many rows it has. */
  readonly onPlanned?: (ref: ManifestRef, rows: number | null) => void
}

/**
 * Adds the manifests that there are to the job, unless another worker is doing that; resolves when it is done, by whomever. Doing it again
 * adds what is new: a manifest that was replaced takes the place of its earlier version.
 */
export async function planJob(job: Job, options: PlanJobOptions): Promise<void> {
  while (!options.signal.aborted) {
    const role = await takeRole(job, 'planner', options.worker, { ttlMs: ROLE_TTL_MS })
    if (role === null) {
      await job.clock.sleep(POLL_MS, options.signal)
      if ((await readMeta(job)).state !== 'planning') return
      continue
    }
    const signal = AbortSignal.any([role.signal, options.signal])
    try {
      await planAll(job, { ...options, signal })
      return
    } catch (error) {
      // The role was lost: its present holder continues, or this worker if there is none.
      if (!role.signal.aborted || options.signal.aborted) throw error
    } finally {
      await role.release()
    }
  }
}

async function planAll(job: Job, options: PlanJobOptions): Promise<void> {
  const { discover, signal } = options
  const known = await plannedKeys(job)
  const { state } = await readMeta(job)
  const refs = await discover(signal)
  signal.throwIfAborted()
  // Messages of a planner that died may be missing; after the end of planning the sweep looks after them.
  const left = refs.filter(
    (ref) => (state === 'planning' && options.again !== true) || !known.ids.has(idOf(ref)),
  )
  if ((left.length > 0 || options.more === true) && state !== 'planning')
    await endPlanning(job, { more: true })
  const size = new JobSize(left)
  for await (const [ref, opened] of openAhead(left, options)) {
    const rows =
      'rowGroups' in opened ? (opened.rowGroups?.reduce((sum, group) => sum + group, 0) ?? null) : 0
    size.note(ref, rows)
    const { key, etag, scope = '' } = ref
    const manifest = { key, etag, scope, rowGroups: null, ...opened }
    const itemRows = options.itemRows ?? itemRowsFor(size.rows)
    const planned = await planManifest(job, manifest, { itemRows, signal })
    if (known.keys.has(key)) await supersedeOthers(job, { key, scope }, planned.manifest)
    options.onPlanned?.(ref, rows)
  }
  signal.throwIfAborted()
  if (options.more !== true && (left.length > 0 || state === 'planning')) await endPlanning(job)
}

/** A manifest's row groups, or why it can't be opened. */
type Opened =
  | { readonly rowGroups: readonly number[] | null }
  | { readonly problem: { readonly code: string; readonly message: string } }

async function* openAhead(
  refs: readonly ManifestRef[],
  { manifests, signal }: Pick<PlanJobOptions, 'manifests' | 'signal'>,
): AsyncGenerator<readonly [ManifestRef, Opened]> {
  const open = async (ref: ManifestRef): Promise<Opened> => {
    try {
      const { rowGroups } = await manifests.open(ref, signal)
      return { rowGroups: rowGroups?.map(({ rows }) => rows) ?? null }
    } catch (error) {
      signal.throwIfAborted()
      const { code, message } = describeError(error)
      return { problem: { code, message } }
    }
  }
  const opening: Promise<Opened>[] = []
  for (let i = 0; i < refs.length; i += 1) {
    while (opening.length < Math.min(refs.length, i + OPENED_AHEAD)) {
      const promise = open(refs[opening.length]!)
      promise.catch(() => {})
      opening.push(promise)
    }
    yield [refs[i]!, await opening[i]!]
  }
}

async function plannedKeys(job: Job): Promise<{ ids: Set<string>; keys: Set<string> }> {
  const ids = new Set<string>()
  const keys = new Set<string>()
  for await (const { key, value } of job.records.list('plan.>')) {
    ids.add(key.slice('plan.'.length))
    keys.add((JSON.parse(new TextDecoder().decode(value)) as { key: string }).key)
  }
  return { ids, keys }
}

function idOf({ key, etag, scope = '' }: ManifestRef): string {
  return manifestId({ key, etag, scope })
}

/** How many rows all manifests have, by their sizes and the rows of those that were opened. */
class JobSize {
  readonly #bytes: number
  #knownBytes = 0
  #knownRows = 0

  constructor(refs: readonly ManifestRef[]) {
    this.#bytes = refs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  }

  note({ sizeBytes }: ManifestRef, rows: number | null): void {
    if (rows === null) return
    this.#knownBytes += sizeBytes
    this.#knownRows += rows
  }

  get rows(): number {
    return this.#knownBytes === 0 ? this.#knownRows : (this.#knownRows / this.#knownBytes) * this.#bytes
  }
}
