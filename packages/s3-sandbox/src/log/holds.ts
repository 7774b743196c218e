import { matchesRequest, type RequestMatch } from './request-match.js'
import type { RequestRecord } from './request-record.js'

/** Requests that are held before they are processed. */
export interface Hold {
  /** Those that are held now, in order of arrival. */
  readonly waiting: readonly RequestRecord[]
  /** Resolves when at least `count` (default 1) requests have been held. */
  arrived(count?: number): Promise<readonly RequestRecord[]>
  /** Releases the oldest held request. */
  releaseOne(): void
  /** Releases all, and holds no more. */
  release(): void
}

/** Holds matching requests until a test releases them, so that tests need no sleeps. */
export class Holds {
  readonly #holds = new Set<ActiveHold>()

  add(match: RequestMatch): Hold {
    const hold = new ActiveHold(match, () => this.#holds.delete(hold))
    this.#holds.add(hold)
    return hold
  }

  /** For the server: a promise to wait for, or null. */
  admit(record: RequestRecord): Promise<void> | null {
    for (const hold of this.#holds) {
      if (matchesRequest(hold.match, record)) return hold.take(record)
    }
    return null
  }

  releaseAll(): void {
    for (const hold of this.#holds) hold.release()
  }
}

class ActiveHold implements Hold {
  readonly match: RequestMatch
  readonly #done: () => void
  readonly #held: RequestRecord[] = []
  readonly #queue: { record: RequestRecord; go: () => void }[] = []
  readonly #watchers = new Set<{ count: number; resolve: (held: readonly RequestRecord[]) => void }>()

  constructor(match: RequestMatch, done: () => void) {
    this.match = match
    this.#done = done
  }

  get waiting(): readonly RequestRecord[] {
    return this.#queue.map(({ record }) => record)
  }

  arrived(count = 1): Promise<readonly RequestRecord[]> {
    if (this.#held.length >= count) return Promise.resolve([...this.#held])
    return new Promise((resolve) => this.#watchers.add({ count, resolve }))
  }

  releaseOne(): void {
    this.#queue.shift()?.go()
  }

  release(): void {
    this.#done()
    for (const { go } of this.#queue.splice(0)) go()
  }

  take(record: RequestRecord): Promise<void> {
    this.#held.push(record)
    const gone = new Promise<void>((go) => this.#queue.push({ record, go }))
    for (const watcher of this.#watchers) {
      if (this.#held.length < watcher.count) continue
      this.#watchers.delete(watcher)
      watcher.resolve([...this.#held])
    }
    return gone
  }
}
