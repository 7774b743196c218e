import { describe, expect, it } from 'vitest'
import { RunTrouble, type ProbeResult } from '../src/copy/run-trouble.js'
import type { FinalFailure } from '../src/outcomes/reporter.js'
import { failure, harness, ScriptedCopier, success } from './pipeline-harness.js'

const refused: FinalFailure = {
  class: 'permanent',
  side: 'source',
  code: 'SignatureDoesNotMatch',
  message: 'GET "k": 403 SignatureDoesNotMatch',
  status: 403,
}

function troubleWith(result: ProbeResult) {
  let probes = 0
  const trouble = new RunTrouble({
    isFatal: ({ code }) => code === 'SignatureDoesNotMatch',
    probe: () => {
      probes += 1
      return Promise.resolve(result)
    },
  })
  return { trouble, probes: () => probes }
}

describe('a failure that may concern the run', () => {
  it('does if a probe of the store is refused, too', async () => {
    const { trouble } = troubleWith('refused')
    trouble.answered('source', 0)
    expect(await trouble.isOfTheRun(refused, 'k', 1)).toBe(true)
  })

  it('is the object’s own as soon as a later attempt succeeds', async () => {
    const { trouble } = troubleWith('good')
    const verdict = trouble.isOfTheRun(refused, 'k', 10)
    trouble.answered('source', 5)
    await Promise.resolve()
    trouble.answered('destination', 20)
    trouble.answered('source', 20)
    expect(await verdict).toBe(false)
    expect(trouble.asOwn(refused)).toMatchObject({ class: 'transient', code: 'SignatureDoesNotMatch' })
  })

  it.each([
    ['good', 10],
    ['unknown', 3],
  ] as const)('does after several consecutive keys if a probe is %s', async (result, keys) => {
    const { trouble } = troubleWith(result)
    const verdicts = Array.from({ length: keys }, (_, index) => trouble.isOfTheRun(refused, `k${index}`, 1))
    expect(await Promise.all(verdicts)).toEqual(Array.from({ length: keys }, () => true))
    // What was in flight meanwhile fails in the same way.
    expect(await trouble.isOfTheRun(refused, 'late', 1)).toBe(true)
  })

  it('probes the store once for objects that fail together, and not for any other failure', async () => {
    const { trouble, probes } = troubleWith('good')
    expect(await trouble.isOfTheRun({ ...refused, code: 'NoSuchKey' }, 'a', 1)).toBe(false)
    expect(probes()).toBe(0)
    const verdicts = [trouble.isOfTheRun(refused, 'a', 1), trouble.isOfTheRun(refused, 'b', 1)]
    trouble.answered('source', 2)
    await Promise.all(verdicts)
    expect(probes()).toBe(1)
  })
})

describe('a run with one key in such trouble', () => {
  const rows = { a: [['1', '2', '//3', '4', '5', '6', '7', '8', '9']] }
  const broken = ({ key }: { key: string }) =>
    key.startsWith('//') ? failure('permanent', 'FATAL') : success

  it.each([
    ['the first of all', { a: [['//1', '2', '3']] }, 2],
    ['one among others', rows, 8],
    ['the last of all', { a: [['1', '2', '//3']] }, 2],
  ])('continues, and records it: %s', async (_, manifests, completed) => {
    const h = harness(manifests, new ScriptedCopier(broken))
    const { summary, stoppedBy } = await h.run()
    expect(stoppedBy).toBeNull()
    expect(summary).toMatchObject({ completed, failed: 1, interrupted: false })
  })

  it('continues if a few of them fail concurrently', async () => {
    const manifests = { a: [['1', '2', '//3', '//4', '//5', '//6', '7', '8']] }
    const h = harness(manifests, new ScriptedCopier(broken), undefined, {
      probe: () => Promise.resolve('good'),
    })
    const { summary, stoppedBy } = await h.run()
    expect(stoppedBy).toBeNull()
    expect(summary).toMatchObject({ completed: 4, failed: 4 })
  })
})
