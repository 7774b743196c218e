import { describe, expect, it } from 'vitest'
import { createSimpleRunner } from '../src/index.js'
import { bodyOf } from './support/objects.js'
import { putPartsInSandbox } from './support/put-parts-in-sandbox.js'
import { sandboxPair } from './support/sandbox-pair.js'

const PART = 5 * 1024 ** 2
const runner = createSimpleRunner({ maxAttempts: 3, baseDelayMs: 0 })
const gone = { ok: false, failure: { class: 'missing', side: 'source', code: 'NoSuchKey' } }

describe('an object that is deleted', () => {
  it('between two attempts is missing', async () => {
    const { source, destination, copier } = await sandboxPair()
    await source.store.put('from', 'k', bodyOf(70_000))
    destination.faults.add({
      times: 1,
      operation: 'PutObject',
      action: { type: 'error', code: 'InternalError' },
    })
    const hold = source.hold({ operation: 'GetObject', where: () => destination.requests.total > 0 })
    const copied = copier().copy({ key: 'k' }, runner)
    await hold.arrived(1)
    source.store.delete('from', 'k')
    hold.release()
    expect(await copied).toMatchObject(gone)
    expect(destination.store.keys('to')).toEqual([])
  })

  it('between two of its parts is missing, and its upload does not stay', async () => {
    const { source, destination, copier } = await sandboxPair()
    await putPartsInSandbox(source, 'from', 'k', bodyOf(PART + 9), PART)
    const hold = source.hold({ operation: 'GetObject', where: ({ headers }) => headers.range !== undefined })
    const copied = copier({ partConcurrency: 1 }).copy({ key: 'k' }, runner)
    await hold.arrived(1)
    hold.releaseOne()
    await hold.arrived(2)
    source.store.delete('from', 'k')
    hold.release()
    expect(await copied).toMatchObject(gone)
    expect(destination.store.keys('to')).toEqual([])
    expect(destination.store.uploads('to')).toEqual([])
  })
})
