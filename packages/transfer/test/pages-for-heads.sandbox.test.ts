import { describe, expect, it, onTestFinished } from 'vitest'
import { createInspector, createSimpleRunner, createStore } from '../src/index.js'
import { sandboxOptions, sandboxPair } from './support/sandbox-pair.js'

/** What a proxy answers in place of the store: a good status, and nothing of an object. */
const page = { type: 'html', status: 200 } as const
const heads = { operation: 'HeadObject', action: page } as const
const runner = createSimpleRunner({ maxAttempts: 2, baseDelayMs: 0 })

describe('a page with a success status in response to a HEAD', () => {
  it.each(['if-missing', 'if-different'] as const)(
    'does not count as an existing object, with %s',
    async (overwrite) => {
      const { source, destination, copier } = await sandboxPair()
      await source.store.put('from', 'k', 'x')
      destination.faults.add({ ...heads, times: 1 })
      expect(await copier({ overwrite }).copy({ key: 'k' }, runner)).toMatchObject({ ok: true, bytes: 1 })
      expect(await destination.store.get('to', 'k')).not.toBeNull()
      destination.faults.add(heads)
      expect(await copier({ overwrite }).copy({ key: 'k' }, runner)).toMatchObject({
        ok: false,
        attempts: 2,
        failure: { side: 'destination', class: 'transient', code: 'MalformedAnswer', status: 200 },
      })
    },
  )

  it('is a failure for a plain check', async () => {
    const { source, destination } = await sandboxPair()
    await source.store.put('from', 'k', 'x')
    source.faults.add(heads)
    const endpoints = {
      source: sandboxOptions(source, 'from'),
      destination: sandboxOptions(destination, 'to'),
    }
    const inspector = createInspector(endpoints)
    const store = createStore(endpoints.source)
    onTestFinished(async () => {
      await Promise.all([inspector.close(), store.close()])
    })
    expect(await inspector.head('source', { key: 'k' })).toMatchObject({
      ok: false,
      failure: { side: 'source', code: 'MalformedAnswer' },
    })
    await expect(store.head({ key: 'k' })).rejects.toMatchObject({ code: 'LAGOON_TRANSFER_NOT_S3' })
  })
})
