import type { StopReason } from '../ports/errors.js'
import type { SyncSummary } from '../ports/events.js'
import { addRows, ManifestTally, noRows, type ManifestStatus, type RowFigures } from '../manifests/tally.js'
import type { ManifestRef } from '../ports/manifests.js'

/** Number of manifests by status. */
type ManifestFigures = Record<ManifestStatus, number>

/** Further content of a summary. */
interface RunFigures extends Pick<SyncSummary, 'durationMs' | 'requests' | 'interrupted'> {
  /** The trouble that ended the run early, if any. */
  readonly stoppedBy: StopReason | undefined
}

/** The counts of a run: the sum over its manifests. */
export class Tally {
  planned = 0
  /** Of the planned objects whose size is known. */
  plannedBytes = 0
  plannedWithoutSize = 0
  bytes = 0
  throttled = 0
  /** Attempts that failed for another reason. */
  failedAttempts = 0
  readonly #manifests = new Map<string, ManifestTally>()
  /** Manifests that were replaced or no longer exist; their rows still have their outcomes. */
  readonly #removed = { rows: noRows(), manifests: noManifests(), count: 0 }

  /** The manifest's own counts. */
  of({ key, etag }: Pick<ManifestRef, 'key' | 'etag'>): ManifestTally {
    const known = this.#manifests.get(key)
    if (known?.etag === etag) return known
    if (known !== undefined) this.#leave(known)
    const tally = new ManifestTally(etag)
    this.#manifests.set(key, tally)
    return tally
  }

  /** A scan begins with these manifests: all others no longer exist. */
  beginScan(refs: readonly ManifestRef[]): void {
    const found = new Map(refs.map(({ key, etag }) => [key, etag]))
    for (const [key, tally] of this.#manifests) {
      if (found.get(key) === tally.etag) continue
      this.#leave(tally)
      this.#manifests.delete(key)
    }
  }

  /** Every row that this scan could reach has its outcome. */
  endScan(): void {
    for (const tally of this.#manifests.values()) tally.endScan()
  }

  /** Rows with an outcome so far. */
  get rows(): RowFigures {
    const rows = { ...this.#removed.rows }
    for (const tally of this.#manifests.values()) addRows(rows, tally.figures)
    return rows
  }

  get manifests(): ManifestFigures {
    const manifests = { ...this.#removed.manifests }
    for (const { status } of this.#manifests.values()) if (status !== null) manifests[status] += 1
    return manifests
  }

  /** Manifests that no longer exist, and those of their rows that have an outcome. */
  get removed(): { manifests: number; rows: number } {
    const { completed, skipped, failed } = this.#removed.rows
    return { manifests: this.#removed.count, rows: completed + skipped + failed }
  }

  summary({ stoppedBy, ...rest }: RunFigures): SyncSummary {
    const { completed, skipped, failed, missing } = this.rows
    const { manifests } = this
    const ended = failed > 0 || manifests.failed > 0 ? 'failures' : 'finished'
    return {
      planned: this.planned,
      ...(this.planned === 0
        ? {}
        : { plan: { bytes: this.plannedBytes, withoutSize: this.plannedWithoutSize } }),
      completed,
      skipped,
      failed,
      missing,
      bytes: this.bytes,
      durationMs: rest.durationMs,
      requests: rest.requests,
      manifests,
      interrupted: rest.interrupted,
      reason: stoppedBy ?? (rest.interrupted ? 'signal' : ended),
    }
  }

  #leave(tally: ManifestTally): void {
    addRows(this.#removed.rows, tally.figures)
    if (tally.status !== null) this.#removed.manifests[tally.status] += 1
    this.#removed.count += 1
  }
}

function noManifests(): ManifestFigures {
  return { completed: 0, skipped: 0, failed: 0 }
}
