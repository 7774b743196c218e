import type { HeldItem, Worker } from '@lagoon/jobs'
import type { KeyBatch, ManifestReader } from '../ports/manifests.js'
import type { ReportRow } from '../ports/report.js'
import type { WorkPort } from '../rows/work-port.js'
import { failureSteps, leaveOutRows } from '../rows/batches.js'
import type { KeyStreamItem } from '../ports/key-stream.js'
import { readAhead } from '../run/scan.js'
import { HeldRows } from './held-rows.js'
import type { ItemPart } from './report-parts.js'

interface WorkStreamOptions {
  readonly worker: Pick<Worker, 'next' | 'drain'>
  readonly open: (manifest: HeldItem['manifest'], signal: AbortSignal) => Promise<ManifestReader>
  /** Asked when a manifest could not be read: true if that is recorded, false if the item is given out again. */
  readonly isOfManifest: (error: unknown) => Promise<boolean>
  /** Resolves when it is known whether rows failed because of this worker alone: then it has been stopped. */
  readonly judged: () => Promise<void>
  /** Where the rows of an item are reported. Default: nowhere. */
  readonly openPart?: (item: HeldItem) => Promise<ItemPart>
  /** Ends the wait for work after this long, ms. Default: when the job is over. */
  readonly idleExitMs?: number
}

/**
 * The rows that this worker is given, item by item: the next one is asked for when all rows of the one before are begun, and what failed for a passing
 * reason comes again at the end of its item.
 */
export class WorkStream implements WorkPort {
  readonly #options: WorkStreamOptions
  readonly #inHand = new Set<HeldRows>()
  readonly #byRef = new WeakMap<object, HeldRows>()
  readonly #finishing = new Set<HeldRows>()
  #attention = Promise.withResolvers<void>()
  #failure: { readonly error: unknown } | null = null
  /** True when the worker ended because there was nothing to do for long. */
  wasIdle = false

  constructor(options: WorkStreamOptions) {
    this.#options = options
  }

  rowsOf(ref: object): HeldRows | undefined {
    return this.#byRef.get(ref)
  }

  /** Passes a row of the report on to its item; one that no item has taken is dropped. */
  report(row: ReportRow): void {
    for (const { ref, part } of this.#inHand) {
      if (ref.key === row.manifest && part?.write(row) === true) return
    }
  }

  admit: WorkPort['admit'] = (range, row) => this.#byRef.get(range)!.item.begin(row)

  ready: WorkPort['ready'] = (range) => this.#byRef.get(range)!.item.ready()

  isGone: WorkPort['isGone'] = (range) => this.#byRef.get(range)!.item.signal.aborted

  async *stream(stop: AbortSignal): AsyncGenerator<KeyStreamItem> {
    const { worker } = this.#options
    const onStop = (): void => {
      worker.drain()
      this.#wake()
    }
    stop.addEventListener('abort', onStop)
    let next: Promise<HeldItem | null> | null = null
    let isOver = false
    try {
      while (!stop.aborted) {
        if (this.#failure !== null) throw this.#failure.error
        const failed = [...this.#inHand].find((rows) => rows.needsLastPass)
        if (failed !== undefined) {
          await this.#options.judged()
          if (stop.aborted) break
          yield* lastPass(failed)
          continue
        }
        if (isOver && this.#inHand.size === 0) return
        const attention = this.#attention.promise
        if (isOver) {
          await attention
          continue
        }
        next ??= this.#next(stop)
        const item: HeldItem | null | undefined = await Promise.race([next, attention.then(() => undefined)])
        if (item === undefined) continue
        next = null
        if (item === null) isOver = true
        else yield* this.#rowsOf(item, stop)
      }
    } finally {
      stop.removeEventListener('abort', onStop)
      next?.catch(() => {})
    }
  }

  /** The next item; null when there will be none, or none came for long. */
  async #next(stop: AbortSignal): Promise<HeldItem | null> {
    const { worker, idleExitMs } = this.#options
    if (idleExitMs === undefined) return worker.next(stop)
    const idle = new AbortController()
    const timer = setInterval(
      () => {
        if (this.#inHand.size === 0 && performance.now() - since >= idleExitMs) idle.abort()
        if (this.#inHand.size > 0) since = performance.now()
      },
      Math.min(1000, idleExitMs),
    )
    let since = performance.now()
    try {
      const item = await worker.next(AbortSignal.any([stop, idle.signal]))
      this.wasIdle = item === null && idle.signal.aborted
      return item
    } finally {
      clearInterval(timer)
    }
  }

  async *#rowsOf(item: HeldItem, stop: AbortSignal): AsyncGenerator<KeyStreamItem> {
    const part = (await this.#options.openPart?.(item)) ?? null
    const rows = new HeldRows(item, part, (changed) => this.#changed(changed))
    this.#byRef.set(rows.ref, rows)
    this.#inHand.add(rows)
    item.signal.addEventListener('abort', () => this.#left(rows), { once: true })
    const signal = AbortSignal.any([stop, item.signal])
    try {
      const reader = await this.#options.open(item.manifest, signal)
      let reached = item.from
      for await (const batch of readAhead(reader.batches(rangeOf(item, signal)))) {
        if (signal.aborted) return
        reached = excludeGaps(item, batch, reached)
        const left = item.to === null ? leaveOutRows(batch, (row) => item.isSettled(row)) : batch
        if (left.keys.length > 0) yield { kind: 'batch', ref: rows.ref, batch: left }
        // Rows were split off in the meantime.
        if (item.to !== null && reached >= item.to) break
      }
      if (signal.aborted) return
      if (item.to === null) item.setEnd(reached)
      else item.settleRows(reached, item.to, 'excluded')
      rows.wasRead()
    } catch (error) {
      if (signal.aborted) return
      await this.#unreadable(rows, error)
    }
  }

  async #unreadable({ item }: HeldRows, error: unknown): Promise<void> {
    if (!(await this.#options.isOfManifest(error))) return void (await item.release())
    const { code = 'LAGOON_UNEXPECTED' } = error as { code?: string }
    await item.unreadable({ code, message: error instanceof Error ? error.message : String(error) })
  }

  #changed(rows: HeldRows): void {
    if (rows.needsLastPass) this.#wake()
    if (!rows.item.complete || this.#finishing.has(rows)) return
    this.#finishing.add(rows)
    void this.#finish(rows)
  }

  async #finish(rows: HeldRows): Promise<void> {
    try {
      await rows.item.finish()
    } catch (error) {
      this.#failure ??= { error }
    } finally {
      this.#finishing.delete(rows)
      this.#left(rows)
    }
  }

  #left(rows: HeldRows): void {
    this.#inHand.delete(rows)
    this.#wake()
  }

  #wake(): void {
    this.#attention.resolve()
    this.#attention = Promise.withResolvers()
  }
}

function rangeOf(item: HeldItem, signal: AbortSignal): Parameters<ManifestReader['batches']>[0] {
  const { from, to, groupStart, rowGroup } = item
  if (to === null) return { signal }
  return {
    rows: { group: rowGroup, from: from - groupStart, to: to - groupStart },
    leaveOut: (row) => item.isSettled(row),
    signal,
  }
}

/** Rows between those of the batches were left out by a filter; those with an outcome keep it. */
function excludeGaps(item: HeldItem, { keys, rows, firstRow }: KeyBatch, reached: number): number {
  let next = reached
  for (let i = 0; i < keys.length; i += 1) {
    const row = rows?.[i] ?? firstRow + i
    if (row > next) item.settleRows(next, row, 'excluded')
    next = row + 1
  }
  return next
}

function* lastPass(rows: HeldRows): Generator<KeyStreamItem> {
  for (const failures of failureSteps(rows.beginLastPass()))
    yield { kind: 'failures', ref: rows.ref, failures }
}
