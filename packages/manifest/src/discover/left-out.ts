import { hiddenPart } from './hidden-files.js'

/** Names of skipped files that are kept. */
const SHOWN = 5

/** Files under a prefix that are not read as manifests. */
export interface LeftOut {
  /** Files hidden by their own name or directory: `_SUCCESS`, `_temporary/…`, `_delta_log/…`, `.x.crc`. */
  hidden: number
  /** Some of the names that hide them, each once. */
  hiddenNames: readonly string[]
  /** Files that are not Parquet, by name or by their first bytes. */
  other: number
  /** Keys of some of these. */
  otherKeys: readonly string[]
}

/** Counts the skipped files. */
export class LeftOutTally {
  readonly #prefix: string
  readonly #hiddenNames = new Set<string>()
  readonly #otherKeys: string[] = []
  #hidden = 0
  #other = 0

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  /** Whether the key is hidden; if so, it is counted. */
  hides(key: string): boolean {
    const part = hiddenPart(this.#prefix, key)
    if (part === null) return false
    this.#hidden += 1
    if (this.#hiddenNames.size < SHOWN) this.#hiddenNames.add(part)
    return true
  }

  other(key: string): void {
    this.#other += 1
    if (this.#otherKeys.length < SHOWN) this.#otherKeys.push(key)
  }

  /** `null` if nothing was skipped. */
  get total(): LeftOut | null {
    if (this.#hidden + this.#other === 0) return null
    return {
      hidden: this.#hidden,
      hiddenNames: [...this.#hiddenNames],
      other: this.#other,
      otherKeys: this.#otherKeys,
    }
  }
}
