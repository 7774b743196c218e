import { checkDiskSpace } from '../lmdb/disk-space.js'
import { StateError } from '../errors.js'

const INTERVAL_MS = 5000

/** Checks every few seconds whether the disk is below its minimum, and reports it once. */
export class DiskGuard {
  readonly #directory: string
  readonly #floorBytes: number
  #checkedAt = performance.now()
  #reported = false

  constructor(directory: string, floorBytes: number) {
    this.#directory = directory
    this.#floorBytes = floorBytes
  }

  /** Whether it is time to check again. */
  isDue(): boolean {
    return !this.#reported && performance.now() - this.#checkedAt >= INTERVAL_MS
  }

  /** `LAGOON_STATE_DISK_FULL` the first time the disk is below the minimum, else null. */
  async check(): Promise<StateError | null> {
    this.#checkedAt = performance.now()
    try {
      await checkDiskSpace(this.#directory, this.#floorBytes)
      return null
    } catch (error) {
      // The commit will find out whether the disk can be read at all.
      if (!(error instanceof StateError)) return null
      this.#reported = true
      return error
    }
  }
}
