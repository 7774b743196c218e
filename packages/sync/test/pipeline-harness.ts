import { createGate } from '@lagoon/aimd'
import {
  Pipeline,
  type Attempt,
  type AttemptFailure,
  type CopierPort,
  type CopyJob,
  type KeyBatch,
  type ManifestRef,
  type ManifestSource,
  type PipelineOptions,
  type PipelineResult,
  type ReportRow,
  type SyncEvent,
} from '../src/index.js'
import { MemoryState } from './memory-state.js'

/** A manifest as rows: a string is a key, null a bad row. One inner array a row group. */
export type Rows = readonly (readonly (string | null)[])[]

/** Manifests out of arrays that count what is read of them. */
export class ArrayManifests implements ManifestSource {
  readonly opened: string[] = []
  readonly groupsRead: string[] = []
  /** May be changed between two scans. */
  readonly contents: Record<string, Rows | Error>
  /** By key; `e1` for those that are not in it. */
  readonly etags: Record<string, string> = {}
  /** What the next listing fails with. */
  listingFails: Error | null = null
  readonly #batchRows: number

  constructor(manifests: Record<string, Rows | Error>, batchRows = 3) {
    this.contents = manifests
    this.#batchRows = batchRows
  }

  async *discover(): AsyncGenerator<ManifestRef> {
    if (this.listingFails !== null) throw this.listingFails
    for (const key of Object.keys(this.contents)) {
      yield { key, etag: this.etags[key] ?? 'e1', sizeBytes: 1 }
    }
  }

  async suggestPrefixes(): Promise<string[]> {
    return ['elsewhere/']
  }

  async open(ref: ManifestRef) {
    const rows = this.contents[ref.key]!
    if (rows instanceof Error) throw rows
    this.opened.push(ref.key)
    return {
      rows: rows.flat().length,
      bytes: null,
      rowGroups: rows.map((group) => ({ rows: group.length })),
      batches: ({ skipRowGroup }: { skipRowGroup?: (index: number) => boolean } = {}) =>
        this.#batches(ref.key, rows, skipRowGroup),
    }
  }

  async *#batches(
    name: string,
    rows: Rows,
    skip: (index: number) => boolean = () => false,
  ): AsyncGenerator<KeyBatch> {
    let firstRow = 0
    for (const [rowGroup, group] of rows.entries()) {
      if (!skip(rowGroup)) {
        this.groupsRead.push(`${name}#${rowGroup}`)
        for (let start = 0; start < group.length; start += this.#batchRows) {
          const keys = group.slice(start, start + this.#batchRows)
          yield {
            rowGroup,
            firstRow: firstRow + start,
            lastOfRowGroup: start + this.#batchRows >= group.length,
            keys,
            problems: keys.flatMap((key, index) =>
              key === null ? [{ index, key: '', code: 'LAGOON_MANIFEST_NULL_KEY', message: 'null' }] : [],
            ),
          }
        }
      }
      firstRow += group.length
    }
  }
}

export function failure(
  kind: AttemptFailure['class'],
  code = `LAGOON_TRANSFER_${kind.toUpperCase()}`,
): Attempt<never> {
  return { ok: false, failure: { class: kind, side: 'source', code, message: `it was ${kind}` } }
}

export const success: Attempt<null> = { ok: true, value: null, bytes: 10, ttfbMs: 1 }

/** A copier whose attempts end as the test says; it counts them by key. */
export class ScriptedCopier implements CopierPort {
  readonly attempted: string[] = []
  /** Called at the end of each attempt. */
  onAttempt = (): void => {}
  readonly requests = { source: 0, destination: 0 }
  readonly #attempt: (job: CopyJob, number: number) => Attempt<null> | Promise<Attempt<null>>

  constructor(
    attempt: (job: CopyJob, number: number) => Attempt<null> | Promise<Attempt<null>> = () => success,
  ) {
    this.#attempt = attempt
  }

  copy: CopierPort['copy'] = async (job, runner) => {
    let number = 0
    const result = await runner.run(async () => {
      this.attempted.push(job.key)
      number += 1
      await Promise.resolve()
      const ended = await this.#attempt(job, number)
      this.onAttempt()
      return ended
    })
    return result.ok
      ? { ok: true, bytes: 10, etag: 'e', verification: 'md5', attempts: result.attempts }
      : { ok: false, failure: result.failure, attempts: result.attempts }
  }
}

export interface Harness {
  readonly state: MemoryState
  readonly manifests: ArrayManifests
  readonly copier: ScriptedCopier
  readonly events: SyncEvent[]
  readonly report: ReportRow[]
  readonly pipeline: Pipeline
  run(): Promise<PipelineResult>
}

export function harness(
  manifests: Record<string, Rows | Error>,
  copier = new ScriptedCopier(),
  state = new MemoryState(),
  overrides: Partial<PipelineOptions> = {},
): Harness {
  const events: SyncEvent[] = []
  const report: ReportRow[] = []
  const source = new ArrayManifests(manifests)
  const pipeline = new Pipeline({
    manifests: source,
    mode: { kind: 'copy', state },
    copier,
    gate: createGate(4),
    controller: null,
    report: { write: (row) => void report.push(row), idle: () => null, close: async () => {} },
    maxOpenObjects: 8,
    maxAttempts: 3,
    throttleBudgetMs: 1000,
    outage: {},
    backoff: { random: () => 0 },
    isUnreachable: ({ code }) => code === 'UNREACHABLE',
    isFatal: ({ code }) => code === 'FATAL',
    onEvent: (event) => events.push(event),
    requests: () => ({ ...copier.requests }),
    ...overrides,
  })
  return { state, manifests: source, copier, events, report, pipeline, run: () => pipeline.run() }
}

/** A promise to be settled by hand. */
export function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void
  const promise = new Promise<T>((r) => (resolve = r))
  return { promise, resolve }
}
