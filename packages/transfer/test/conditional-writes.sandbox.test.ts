import { startSandbox, type FaultAction, type Limits, type Operation } from '@lagoon/s3-sandbox'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSimpleRunner } from '../src/index.js'
import { bodyOf } from './support/objects.js'
import { putPartsInSandbox } from './support/put-parts-in-sandbox.js'
import { sandboxOptions, sandboxPair } from './support/sandbox-pair.js'
import { testCopier } from './support/test-copier.js'

const PART = 5 * 1024 ** 2
const runner = createSimpleRunner({ maxAttempts: 1 })

describe('a destination without conditional writes', () => {
  it('gets none if that is known', async () => {
    for (const conditionalWrites of [true, false]) {
      const { source, destination, copier } = await sandboxPair()
      await source.store.put('from', 'k', bodyOf(10))
      const put = destination.requests.next({ operation: 'PutObject' })
      const made = copier({
        overwrite: 'if-missing',
        destination: { ...sandboxOptions(destination, 'to'), conditionalWrites },
      })
      expect(await made.copy({ key: 'k' }, runner)).toMatchObject({ ok: true })
      expect((await put).headers['if-none-match']).toBe(conditionalWrites ? '*' : undefined)
    }
  })
})

describe('an object that must not be replaced', () => {
  it.each<[string, Partial<Limits>, FaultAction | null]>([
    ['answers 501', { conditionalPut: false }, null],
    ['calls it an invalid argument', {}, { type: 'error', code: 'InvalidArgument', status: 400 }],
    ['calls it an invalid request', {}, { type: 'error', code: 'InvalidRequest', status: 400 }],
  ])(
    'is written without the condition where the store %s, which is asked once',
    async (_, limits, action) => {
      const { source } = await sandboxPair()
      const destination = await startSandbox({ buckets: ['to'], limits })
      onTestFinished(() => destination.close())
      if (action !== null)
        destination.faults.add({
          operation: 'PutObject',
          action,
          where: ({ headers }) => headers['if-none-match'] !== undefined,
        })
      for (const key of ['a', 'b']) await source.store.put('from', key, key)
      const copier = testCopier({
        source: sandboxOptions(source, 'from'),
        destination: sandboxOptions(destination, 'to'),
        overwrite: 'if-missing',
      })
      for (const key of ['a', 'b'])
        expect(await copier.copy({ key }, runner)).toMatchObject({ ok: true, bytes: 1 })
      expect(destination.requests.byOperation['PutObject']).toBe(3)
    },
  )

  it.each<[string, Operation, FaultAction]>([
    ['another refusal', 'PutObject', { type: 'error', code: 'InvalidTag', status: 400 }],
    ['what the source refuses', 'GetObject', { type: 'error', code: 'InvalidArgument', status: 400 }],
    [
      'a refused HEAD where the store has no conditional writes',
      'HeadObject',
      { type: 'answer', status: 403 },
    ],
  ])('is not written after %s', async (_, operation, action) => {
    const { source, destination, copier } = await sandboxPair()
    await source.store.put('from', 'k', 'x')
    const side = operation === 'GetObject' ? source : destination
    side.faults.add({ operation, action })
    const conditionalWrites = operation !== 'HeadObject'
    const options = { ...sandboxOptions(destination, 'to'), conditionalWrites }
    const made = copier({ overwrite: 'if-missing', destination: options })
    expect(await made.copy({ key: 'k' }, runner)).toMatchObject({
      ok: false,
      failure: { class: 'permanent', status: action.type === 'answer' ? 403 : 400 },
    })
    expect(destination.store.keys('to')).toEqual([])
  })

  it('stays if it was created while the parts were copied', async () => {
    const { source, destination, copier } = await sandboxPair()
    await putPartsInSandbox(source, 'from', 'k', bodyOf(PART + 1), PART)
    const hold = destination.hold({ operation: 'CompleteMultipartUpload' })
    const copy = copier({ overwrite: 'if-missing' }).copy({ key: 'k' }, runner)
    await hold.arrived()
    await destination.store.put('to', 'k', 'theirs')
    hold.release()
    expect(await copy).toMatchObject({ ok: true, skipped: true })
    expect((await destination.store.get('to', 'k'))!.bytes.toString()).toBe('theirs')
    expect(destination.store.uploads('to')).toEqual([])
  })

  it('and has the ETag of the source is left alone without reading the source', async () => {
    const { source, destination, copier } = await sandboxPair()
    const etag = await source.store.put('from', 'k', 'same')
    await destination.store.put('to', 'k', 'same')
    const different = copier({ overwrite: 'if-different' })
    expect(await different.copy({ key: 'k' }, runner)).toMatchObject({ ok: true, skipped: true, etag })
    expect(source.requests.records.at(-1)!.status).toBe(304)
    await destination.store.put('to', 'k', 'other')
    expect(await different.copy({ key: 'k' }, runner)).toMatchObject({ ok: true, bytes: 4 })
  })
})
