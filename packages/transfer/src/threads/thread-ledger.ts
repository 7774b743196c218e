import type { CopyLedger } from '../contract/copier.js'
import type { FromThread } from './messages.js'

/** The main thread's ledger of uploads, as a thread that copies sees it. */
export class ThreadLedger implements CopyLedger {
  readonly #put: (item: FromThread) => void
  readonly #questions = new Map<number, (record: object | undefined) => void>()
  #last = 0

  constructor(put: (item: FromThread) => void) {
    this.#put = put
  }

  put(key: string, value: object): void {
    this.#put(['put-upload', key, value])
  }

  delete(key: string): void {
    this.#put(['delete-upload', key])
  }

  get(key: string): Promise<object | undefined> {
    const question = ++this.#last
    this.#put(['get-upload', question, key])
    return new Promise((resolve) => this.#questions.set(question, resolve))
  }

  answer(question: number, record: object | undefined): void {
    this.#questions.get(question)?.(record)
    this.#questions.delete(question)
  }
}
