import { expect, it } from 'vitest'
import { identityOf, InFlightKeys, versionOf, type NewObject } from '../src/outcomes/in-flight-keys.js'
import type { NamingRow } from '../src/outcomes/in-flight-object.js'

const object = (identity: string): NewObject => ({
  identity,
  version: null,
  job: { key: identity },
  row: row(0),
})
const row = (number: number): NamingRow => ({ manifest: null as never, rowGroup: 0, row: number })

it('lets rows follow an object until it has its outcome, also from later slices', () => {
  const named = new InFlightKeys()
  named.beginSlice()
  const a = named.add(object('a'))
  expect(named.follow('a', row(1))).toBe(true)
  named.beginSlice()
  expect(named.follow('a', row(2))).toBe(true)
  expect(a.followers!.map((follower) => follower.row)).toEqual([1, 2])
  named.done(a)
  named.done(a)
  expect(named.follow('a', row(3))).toBe(false)
})

it('follows the latest object of a name when an older one gets its outcome', () => {
  const named = new InFlightKeys()
  named.beginSlice()
  const old = named.add(object('a'))
  named.add(object('b'))
  named.done(old)
  named.beginSlice()
  const fresh = named.add(object('a'))
  expect(named.follow('a', row(1))).toBe(true)
  expect(old.followers).toBeNull()
  expect(fresh.followers).toHaveLength(1)
})

it('distinguishes copies to other destination keys, and other versions', () => {
  expect(identityOf('k', undefined)).toBe('k')
  expect(identityOf('k', 'k')).toBe('k')
  expect(identityOf('k', 'l')).not.toBe(identityOf('l', 'k'))
  expect(versionOf(null, undefined, null)).toBeNull()
  expect(versionOf('e', 1, null)).not.toBe(versionOf('e', 2, null))
  expect(versionOf(null, 0, null)).not.toBeNull()
})
