import { describe, expect, it } from 'vitest'
import { createSimpleRunner } from '../src/index.js'
import { bodyOf } from './support/objects.js'
import { sandboxOptions, sandboxPair } from './support/sandbox-pair.js'

const runner = createSimpleRunner({ maxAttempts: 1 })

describe('a destination without conditional writes', () => {
  it('is not asked for any when that is known', async () => {
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
