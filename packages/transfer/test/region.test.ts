import { startSandbox } from '@lagoon/s3-sandbox'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSimpleRunner, createStore } from '../src/index.js'
import { bodyOf } from './support/objects.js'
import { sandboxOptions, sandboxPair } from './support/sandbox-pair.js'
import { testCopier } from './support/test-copier.js'

const runner = createSimpleRunner({ maxAttempts: 2, baseDelayMs: 0 })

async function abroad(bucket: string) {
  const sandbox = await startSandbox({ buckets: [bucket], region: 'eu-west-1' })
  onTestFinished(() => sandbox.close())
  return { sandbox, options: { ...sandboxOptions(sandbox, bucket), region: 'us-east-1' } }
}

describe('a bucket in another region than configured', () => {
  it('is copied from and to once the store has named its region', async () => {
    const from = await abroad('from')
    const to = await abroad('to')
    await from.sandbox.store.put('from', 'k', bodyOf(1000))
    const copier = testCopier({ source: from.options, destination: to.options })
    const patient = createSimpleRunner({ maxAttempts: 3, baseDelayMs: 0 })
    expect(await copier.copy({ key: 'k' }, patient)).toMatchObject({ ok: true, attempts: 3 })
    await from.sandbox.store.put('from', 'l', bodyOf(1000))
    expect(await copier.copy({ key: 'l' }, patient)).toMatchObject({ ok: true, attempts: 1 })
  })

  it('is probed and read in its own region', async () => {
    const { sandbox, options } = await abroad('from')
    await sandbox.store.put('from', 'k', 'abc')
    const store = createStore(options)
    onTestFinished(() => store.close())
    await store.probe()
    expect(Buffer.from(await store.read({ key: 'k', start: 0, end: 3 })).toString()).toBe('abc')
  })

  it('is a failure when the store names one region after the other', async () => {
    const { source, copier: make } = await sandboxPair()
    await source.store.put('from', 'k', 'x')
    for (const [index, region] of ['eu-west-1', 'us-west-2'].entries())
      source.faults.add({ operation: 'GetObject', nth: index + 1, action: { type: 'redirect', region } })
    expect(
      await make().copy({ key: 'k' }, createSimpleRunner({ maxAttempts: 9, baseDelayMs: 0 })),
    ).toMatchObject({
      ok: false,
      attempts: 2,
      failure: { code: 'PermanentRedirect', class: 'permanent' },
    })
  })

  it('is a failure of the whole run when the store keeps sending us away', async () => {
    const { source, copier: make } = await sandboxPair()
    await source.store.put('from', 'k', 'x')
    source.faults.add({ operation: 'GetObject', action: { type: 'redirect', region: 'us-east-1' } })
    expect(await make().copy({ key: 'k' }, runner)).toMatchObject({
      ok: false,
      failure: { code: 'PermanentRedirect' },
    })
  })
})
