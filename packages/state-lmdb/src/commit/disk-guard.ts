import { checkDiskSpace } from '../lmdb/disk-space.js'
import { StateError } from '../errors.js'

const INTERVAL_MS = 5000

/** Looks every few seconds whether the disk has come below the floor, and says so once. */
export class DiskGuard {
  readonly #directory: string
  readonly #floorBytes: number
  #checkedAt = performance.now()
  #reported = false

  constructor(directory: string, floorBytes: number) {
    this.#directory = directory
    this.#floorBytes = floorBytes
  }

  /** Whether it is time to look again. */
  isDue(): boolean {
    return !this.#reported && performance.now() - this.#checkedAt >= INTERVAL_MS
  }

  /** `LAGOON_STATE_DISK_FULL` the first time the disk is below the floor, else null. */
  async check(): Promise<StateError | null> {
    this.#checkedAt = performance.now()
    try {
      await checkDiskSpace(this.#directory, this.#floorBytes)
      return null
    } catch (error) {
      // Whether the disk can be asked at all is for the commit to find out.
      if (!(error instanceof StateError)) return null
      this.#reported = true
      return error
    }
  }
}
