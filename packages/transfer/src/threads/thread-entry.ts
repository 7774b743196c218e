import { parentPort, workerData } from 'node:worker_threads'
import { resolveCopier } from '../copier-options.js'
import { LocalCopier } from '../local-copier.js'
import type { FromThread, ThreadReport, ThreadStart, ToThread } from './messages.js'
import { Outbox } from './outbox.js'
import { plainError, plainFailure } from './plain.js'
import { LearnedSignals } from './signals.js'
import { slotOf } from './slots.js'
import { ThreadLedger } from './thread-ledger.js'
import { ThreadRunner, type Run } from './thread-runner.js'

/** A thread that copies: an ordinary copier, whose runner and ledger are the main thread's. */
const { options, hasLedger, caps } = workerData as ThreadStart
const port = parentPort!
const outbox = new Outbox<FromThread>((said) => {
  const { source, destination } = copier.requests
  port.postMessage({ said, requests: { source, destination } } satisfies ThreadReport)
})
const say = (item: FromThread): void => outbox.say(item)
const ledger = new ThreadLedger(say)
const copier = new LocalCopier({ ...resolveCopier(options), uploads: hasLedger ? ledger : null }, caps)
const signals = new LearnedSignals()
/** By slot. */
const runners: (ThreadRunner | undefined)[] = []

port.on('message', (said: ToThread[]) => {
  for (const item of said) hear(item)
})

function hear(item: ToThread): void {
  switch (item[0]) {
    case 'job':
      return void copy(item)
    case 'attempt':
      return void runOf(item[1], item[2])?.attempt(signals.get(item[3]))
    case 'give-up':
      return runOf(item[1], item[2])?.giveUp(item[3], item[4])
    case 'runner-threw':
      return runOf(item[1], item[2])?.fail(new Error('the runner has thrown'))
    case 'abort':
      return signals.abort(item[1])
    case 'forget':
      return signals.forget(item[1])
    case 'upload':
      return ledger.answer(item[1], item[2])
    case 'limit-traffic':
      return copier.limitTraffic(item[1])
    case 'close':
      return void copier.close().then(() => say(['closed']))
  }
}

/** Undefined if it has ended. */
function runOf(job: number, run: number): Run | undefined {
  const runner = runners[slotOf(job)]
  return runner?.job === job ? runner.get(run) : undefined
}

async function copy(item: Extract<ToThread, [type: 'job', ...unknown[]]>): Promise<void> {
  const [, number, key, destinationKey, versionId, sizeBytes, jobSignal, attemptSignal] = item
  const job = {
    key,
    ...(versionId !== undefined && { versionId }),
    ...(sizeBytes !== undefined && { sizeBytes }),
  }
  const runner = new ThreadRunner(number, signals.get(attemptSignal), say)
  runners[slotOf(number)] = runner
  try {
    const result = await copier.copy(job, destinationKey, runner, signals.get(jobSignal))
    say(['done', number, result.ok ? result : { ...result, failure: plainFailure(result.failure) }])
  } catch (error) {
    say(['defect', number, plainError(error)])
  } finally {
    runners[slotOf(number)] = undefined
  }
}
