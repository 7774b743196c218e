import type { KeyStreamItem } from '../ports/key-stream.js'
import type { ManifestRef } from '../ports/manifests.js'

/**
 * What may be done with a row. `begin`: now. `wait`: not now; `ready` says when to ask again. `settled`: it has an outcome. `poison`: it is
 * to fail without an attempt. `gone`: another worker has it, or the run is stopping.
 */
export type RowAdmission = 'begin' | 'wait' | 'settled' | 'poison' | 'gone'

/** Rows that are distributed range by range, instead of whole manifests. */
export interface WorkPort {
  /** The rows to copy, range by range; each range has a {@link ManifestRef} object of its own. Ends when nothing is left, or soon after `stop`. */
  stream(stop: AbortSignal): AsyncIterable<KeyStreamItem>
  /** Asked for each row when all else is ready: nothing is awaited between the answer `begin` and the first request. */
  admit(range: ManifestRef, row: number): RowAdmission
  /** Resolves when `admit` may answer something else than `wait`. */
  ready(range: ManifestRef): Promise<void>
  /** True when outcomes of the range count no more: no attempt is made again for it. */
  isGone(range: ManifestRef): boolean
}
