import { describe, expect, it } from 'vitest'
import { createSimpleRunner, type AttemptRunner } from '../src/index.js'
import { capCells } from '../src/s3/rate-cap.js'
import { CopierThread } from '../src/threads/copier-thread.js'
import type { ThreadStart } from '../src/threads/messages.js'
import { startWorkerThread } from '../src/threads/start-worker.js'
import { bodyOf } from './support/objects.js'
import { putPartsInSandbox } from './support/put-parts-in-sandbox.js'
import { sandboxPair } from './support/sandbox-pair.js'

const runner = createSimpleRunner({ maxAttempts: 3, baseDelayMs: 0 })

function dyingThread(way: 'throws' | 'exits'): CopierThread {
  const options = { bucket: way } as unknown as ThreadStart['options']
  const start = { options, hasLedger: false, caps: { source: capCells(), destination: capCells() } }
  const entry = new URL('./fixtures/dying-thread.js', import.meta.url)
  return new CopierThread(start, null, (own, events) => startWorkerThread(own, events, entry))
}

describe('a dead thread', () => {
  it.each([
    ['throws', /: boom$/],
    ['exits', /unexpectedly$/],
  ] as const)('that %s rejects every copy it had and every later one, and closes', async (way, message) => {
    const thread = dyingThread(way)
    const died = { code: 'LAGOON_TRANSFER_THREAD_DIED', message: expect.stringMatching(message) }
    let open = 0
    const counting: AttemptRunner = {
      async run(attempt) {
        open += 1
        try {
          return await runner.run(attempt)
        } finally {
          open -= 1
        }
      },
    }
    const copies = ['a', 'b'].map((key) => thread.copy({ key }, key, counting, undefined))
    for (const copy of copies) await expect(copy).rejects.toMatchObject(died)
    await expect(thread.copy({ key: 'c' }, 'c', counting, undefined)).rejects.toMatchObject(died)
    expect(open).toBe(0)
    await thread.close()
  })

  it('is also the result of a ledger that throws', async () => {
    const { source, copier: make } = await sandboxPair()
    await putPartsInSandbox(source, 'from', 'k', bodyOf(10 * 1024 ** 2), 5 * 1024 ** 2)
    const full = (): never => {
      throw new Error('the ledger is full')
    }
    const uploads = { put: full, get: () => undefined, delete: full, entries: () => [] }
    const copier = make({ threads: 2, uploads })
    await expect(copier.copy({ key: 'k' }, runner)).rejects.toMatchObject({
      code: 'LAGOON_TRANSFER_THREAD_DIED',
      cause: { message: 'the ledger is full' },
    })
  })
})
