import fc from 'fast-check'
import { expect, it } from 'vitest'
import { AbortGroup, abortGroup, type Abortable } from '../src/s3/abort-group.js'

function member(aborted: Set<Abortable>): Abortable {
  return {
    groupIndex: -1,
    abort() {
      aborted.add(this)
    },
  }
}

it('aborts exactly the added members that were not removed, whatever the order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 }), (toggles) => {
      const aborted = new Set<Abortable>()
      const members = Array.from({ length: 10 }, () => member(aborted))
      const inside = new Set<Abortable>()
      const group = new AbortGroup()
      for (const toggle of toggles) {
        const it = members[toggle]!
        if (inside.delete(it)) group.delete(it)
        else {
          inside.add(it)
          group.add(it)
        }
      }
      group.abortAll()
      expect(aborted).toEqual(inside)
    }),
  )
})

it('lets a member leave during the abort, and twice', () => {
  const group = new AbortGroup()
  let count = 0
  const members = Array.from({ length: 5 }, () => ({
    groupIndex: -1,
    abort() {
      count += 1
      group.delete(this)
      group.delete(this)
    },
  }))
  for (const it of members) group.add(it)
  group.abortAll()
  expect(count).toBe(5)
})

it('is one group for a signal, aborted by it', () => {
  const controller = new AbortController()
  const aborted = new Set<Abortable>()
  const it = member(aborted)
  abortGroup(controller.signal).add(it)
  expect(abortGroup(controller.signal)).toBe(abortGroup(controller.signal))
  controller.abort()
  expect([...aborted]).toEqual([it])
})
