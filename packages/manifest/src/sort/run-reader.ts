import type { ManifestRow } from '../write/manifest-row.js'
import { lineToRow } from './row-line.js'
import type { SpilledRun } from './spill-file.js'

/** Bytes of a run that are read at a time. */
const WINDOW_BYTES = 64 * 1024

/** Returns the rows of a run one after another. Holds a window of it. */
export class RunReader {
  readonly #run: SpilledRun
  #next: number
  #rest: Buffer = Buffer.alloc(0)
  #rows: ManifestRow[] = []
  #at = 0

  constructor(run: SpilledRun) {
    this.#run = run
    this.#next = run.start
  }

  /** The next row, if it is in memory. */
  get row(): ManifestRow | undefined {
    return this.#rows[this.#at]
  }

  /** Skips the row. `false`: the next one is not in memory, see {@link RunReader.fill}. */
  advance(): boolean {
    this.#at += 1
    return this.#at < this.#rows.length
  }

  /** Reads on. `false`: there is no further row. */
  async fill(): Promise<boolean> {
    const { file, end } = this.#run
    this.#rows = []
    this.#at = 0
    while (this.#rows.length === 0 && this.#next < end) {
      const bytes = await file.read(this.#next, Math.min(end, this.#next + WINDOW_BYTES))
      this.#next += bytes.length
      const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
      const whole = all.lastIndexOf(0x0a) + 1
      this.#rest = all.subarray(whole)
      if (whole > 0)
        this.#rows = all
          .toString('utf8', 0, whole - 1)
          .split('\n')
          .map(lineToRow)
    }
    return this.#rows.length > 0
  }
}
