import { resolveCopier } from '../options/copier-options.js'
import { LocalCopier } from '../copy/local-copier.js'
import type { FromThread, ThreadReport, ThreadStart, ToThread } from './messages.js'
import { MessageBatch } from './message-batch.js'
import { plainError, plainFailure } from './serialize.js'
import { ReceivedSignals } from './signals.js'
import { slotOf } from './slots.js'
import { ThreadLedger } from './thread-ledger.js'
import { ThreadRunner, type Run } from './thread-runner.js'

type JobItem = Extract<ToThread, [type: 'job', ...unknown[]]>

/** The side of a thread that copies: an ordinary copier, whose runner and ledger are the main thread's. */
export class JobServer {
  readonly #copier: LocalCopier
  readonly #ledger = new ThreadLedger((item) => this.#put(item))
  readonly #signals = new ReceivedSignals()
  /** By slot. */
  readonly #runners: (ThreadRunner | undefined)[] = []
  readonly #batch: MessageBatch<FromThread>

  constructor({ options, hasLedger, caps }: ThreadStart, post: (report: ThreadReport) => void) {
    const uploads = hasLedger ? this.#ledger : null
    const copier = new LocalCopier({ ...resolveCopier(options), uploads }, caps)
    this.#copier = copier
    this.#batch = new MessageBatch((messages) => post({ messages, requests: { ...copier.requests } }))
  }

  /** Messages of the main thread. */
  receive(messages: readonly ToThread[]): void {
    for (const item of messages) this.#receiveItem(item)
  }

  #put(item: FromThread): void {
    this.#batch.put(item)
  }

  #receiveItem(item: ToThread): void {
    switch (item[0]) {
      case 'job':
        return void this.#copy(item)
      case 'attempt':
        return void this.#runOf(item[1], item[2])?.attempt(this.#signals.get(item[3]))
      case 'give-up':
        return this.#runOf(item[1], item[2])?.giveUp(item[3], item[4])
      case 'runner-threw':
        return this.#runOf(item[1], item[2])?.fail(new Error('the runner has thrown'))
      case 'abort':
        return this.#signals.abort(item[1])
      case 'forget':
        return this.#signals.forget(item[1])
      case 'upload':
        return this.#ledger.answer(item[1], item[2])
      case 'limit-traffic':
        return this.#copier.limitTraffic(item[1])
      case 'close':
        return void this.#copier.close().then(() => this.#put(['closed']))
    }
  }

  /** Undefined if it has ended. */
  #runOf(job: number, run: number): Run | undefined {
    const runner = this.#runners[slotOf(job)]
    return runner?.job === job ? runner.get(run) : undefined
  }

  async #copy([, number, key, destinationKey, versionId, sizeBytes, ...signals]: JobItem): Promise<void> {
    const job = {
      key,
      ...(versionId !== undefined && { versionId }),
      ...(sizeBytes !== undefined && { sizeBytes }),
    }
    const [jobSignal, attemptSignal] = signals.map((signal) => this.#signals.get(signal))
    const runner = new ThreadRunner(number, attemptSignal, (item) => this.#put(item))
    this.#runners[slotOf(number)] = runner
    try {
      const result = await this.#copier.copy(job, destinationKey, runner, jobSignal)
      this.#put(['done', number, result.ok ? result : { ...result, failure: plainFailure(result.failure) }])
    } catch (error) {
      this.#put(['defect', number, plainError(error)])
    } finally {
      this.#runners[slotOf(number)] = undefined
    }
  }
}
