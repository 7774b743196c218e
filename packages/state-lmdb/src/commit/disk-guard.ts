import { checkDiskSpace } from '../lmdb/disk-space.js'
import { StateError } from '../errors.js'

const INTERVAL_MS = 5000

/** Looks every few seconds whether the disk has come below the floor, and says so once. */
export class DiskWatch {
  readonly #directory: string
  readonly #floorBytes: number
  #lookedAt = performance.now()
  #told = false

  constructor(directory: string, floorBytes: number) {
    this.#directory = directory
    this.#floorBytes = floorBytes
  }

  /** Whether it is time to look again. */
  isDue(): boolean {
    return !this.#told && performance.now() - this.#lookedAt >= INTERVAL_MS
  }

  /** `LAGOON_STATE_DISK_FULL` the first time the disk is below the floor, else null. */
  async look(): Promise<StateError | null> {
    this.#lookedAt = performance.now()
    try {
      await checkDiskSpace(this.#directory, this.#floorBytes)
      return null
    } catch (error) {
      // Whether the disk can be asked at all is for the commit to find out.
      if (!(error instanceof StateError)) return null
      this.#told = true
      return error
    }
  }
}
