import { expect, it } from 'vitest'
import { batchGroups } from '../src/rows/batches.js'
import type { KeyStreamItem } from '../src/ports/key-stream.js'

const [a, b] = ['a', 'b'].map((key) => ({ key, etag: 'e', sizeBytes: 1 })) as [Ref, Ref]
type Ref = KeyStreamItem['ref']

function batch(ref: Ref, ...keys: string[]): KeyStreamItem {
  return { kind: 'batch', ref, batch: { rowGroup: 0, firstRow: 0, lastOfRowGroup: true, keys, problems: [] } }
}

async function grouped(items: KeyStreamItem[], rowsAtOnce: () => number): Promise<string[]> {
  const groups: string[] = []
  const stream = (async function* () {
    yield* items
  })()
  for await (const item of batchGroups(stream, rowsAtOnce)) {
    const rows = item.kind === 'batches' ? item.batches.map(({ keys }) => keys.join('')) : [item.kind]
    groups.push(`${item.ref.key}: ${rows.join(' ')}`)
  }
  return groups
}

it('gathers batches of one manifest until they have the requested rows', async () => {
  const items = [batch(a, '1', '2'), batch(a, '3'), batch(a, '4'), batch(b, '5'), batch(b, '6')]
  expect(await grouped(items, () => 3)).toEqual(['a: 12 3', 'a: 4', 'b: 5 6'])
  expect(await grouped(items, () => 1)).toEqual(['a: 12', 'a: 3', 'a: 4', 'b: 5', 'b: 6'])
})

it('keeps rows in order', async () => {
  const end: KeyStreamItem = { kind: 'end', ref: a, settledRows: 0, read: null }
  expect(await grouped([batch(a, '1'), end, batch(b, '2')], () => 9)).toEqual(['a: 1', 'a: end', 'b: 2'])
})
