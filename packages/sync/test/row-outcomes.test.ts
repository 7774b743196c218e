import { expect, it } from 'vitest'
import type { RowOutcome } from '../src/index.js'
import { MemoryState } from './memory-state.js'
import { failure, harness, ScriptedCopier, success } from './pipeline-harness.js'

/** A state that receives each row; the outcomes by row, in order of arrival. */
function stateWithRows() {
  const state = new MemoryState()
  const rows = new Map<number, RowOutcome[]>()
  const manifest = state.manifest.bind(state)
  state.manifest = (ref) =>
    Object.assign(manifest(ref), {
      settleRow: (row: number, outcome: RowOutcome) =>
        void rows.set(row, [...(rows.get(row) ?? []), outcome]),
    })
  return { state, rows }
}

it('a state that keeps rows receives each one once, with its outcome', async () => {
  const { state, rows } = stateWithRows()
  state.complete('known')
  const copier = new ScriptedCopier(({ key }) =>
    key === 'gone' ? failure('missing') : key === 'bad' ? failure('permanent') : success,
  )
  const groups = [
    ['known', 'a', 'a', null],
    ['gone', 'bad', 'b'],
  ]
  await harness({ m: groups }, copier, state).run()
  expect(Object.fromEntries(rows)).toEqual({
    0: ['skipped'],
    1: ['copied'],
    2: ['skipped'],
    3: ['failed'],
    4: ['missing'],
    5: ['failed'],
    6: ['copied'],
  })
})

it('a failure that the last pass resolves is reported again', async () => {
  const { state, rows } = stateWithRows()
  let attempts = 0
  const copier = new ScriptedCopier(() => (++attempts === 1 ? failure('transient') : success))
  await harness({ m: [['a']] }, copier, state, { maxAttempts: 1 }).run()
  expect([...rows]).toEqual([[0, ['failed', 'copied']]])
})

it('every row is reported even if a whole batch is complete', async () => {
  const { state, rows } = stateWithRows()
  for (const key of ['a', 'b', 'c']) state.complete(key)
  await harness({ m: [['a', 'b'], ['c']] }, undefined, state).run()
  expect([...rows]).toEqual([
    [0, ['skipped']],
    [1, ['skipped']],
    [2, ['skipped']],
  ])
})
