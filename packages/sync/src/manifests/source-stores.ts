import { createStore, type EndpointOptions, type Store } from '@lagoon/transfer'

/** The buckets at the source's endpoint, each opened once, with the source's credentials. */
export class SourceStores {
  readonly #source: EndpointOptions
  readonly #stores = new Map<string, Store>()

  constructor(source: EndpointOptions) {
    this.#source = source
  }

  /** One of them. */
  of(bucket: string): Store {
    let store = this.#stores.get(bucket)
    if (store === undefined) {
      store = createStore({ ...this.#source, bucket })
      this.#stores.set(bucket, store)
    }
    return store
  }

  /** Requests sent so far, to all of them. */
  get requests(): number {
    return [...this.#stores.values()].reduce((sum, { requests }) => sum + requests, 0)
  }

  /** Closes them all. */
  async close(): Promise<void> {
    await Promise.all([...this.#stores.values()].map((store) => store.close()))
  }
}
