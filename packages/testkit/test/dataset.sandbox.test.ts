import { startSandbox } from '@lagoon/s3-sandbox'
import fc from 'fast-check'
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import {
  digestDifferences,
  endpointOf,
  expectBucketsEqual,
  bucketDigest,
  datasetBody,
  datasetBytes,
  datasetMd5,
  datasetObject,
  datasetObjects,
  makeDataset,
  randomAt,
  s3Client,
  uniqueBucket,
  writeManifest,
} from '../src/index.js'

const plan = { seed: 3, objects: 2000, sizes: 'mixed', keyPrefix: 'data/' } as const

test('an object depends only on the plan and its number', () => {
  expect([...datasetObjects(plan, 10, 13)]).toEqual([10, 11, 12].map((index) => datasetObject(plan, index)))
  expect(new Set([...datasetObjects(plan)].map(({ key }) => key)).size).toBe(2000)
})

test('mixed sizes are mostly small, rarely large, sometimes zero', () => {
  const sizes = [...datasetObjects(plan)].map(({ sizeBytes }) => sizeBytes).sort((a, b) => a - b)
  expect(sizes[0]).toBe(0)
  expect(sizes[1000]).toBeLessThan(32 * 1024)
  expect(sizes.at(-1)).toBeGreaterThan(256 * 1024)
  expect(sizes.at(-1)).toBeLessThanOrEqual(2 * 1024 * 1024)
})

test('sizes can be fixed or lie between bounds', () => {
  fc.assert(
    fc.property(fc.nat(5000), fc.nat(100_000), fc.nat(100_000), (index, one, other) => {
      expect(datasetObject({ ...plan, sizes: one }, index).sizeBytes).toBe(one)
      const [minBytes, maxBytes] = [Math.min(one, other), Math.max(one, other)]
      const { sizeBytes } = datasetObject({ ...plan, sizes: { minBytes, maxBytes } }, index)
      expect(sizeBytes).toBeGreaterThanOrEqual(minBytes)
      expect(sizeBytes).toBeLessThanOrEqual(maxBytes)
    }),
  )
})

test('bytes are the same for the same seed and number, and different for others', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.nat(1000), fc.integer({ min: 16, max: 5000 }), (one, other, size) => {
      expect(datasetBytes(1, one, size).equals(datasetBytes(1, one, size))).toBe(true)
      expect(datasetBytes(1, one, size).equals(datasetBytes(1, other, size))).toBe(one === other)
      expect(datasetBytes(2, one, size).equals(datasetBytes(1, one, size))).toBe(false)
    }),
  )
})

test('a long body is a stream of the same bytes', async () => {
  const size = 9 * 1024 * 1024 + 5
  const hash = createHash('md5')
  for await (const chunk of datasetBody(1, 7, size)) hash.update(chunk as Buffer)
  expect(hash.digest('hex')).toBe(datasetMd5(1, 7, size))
  expect(
    createHash('md5')
      .update(datasetBytes(1, 7, size))
      .digest('hex'),
  ).toBe(datasetMd5(1, 7, size))
})

test('random numbers of neighbours differ', () => {
  const numbers = Array.from({ length: 4000 }, (_, index) => randomAt(9, index))
  const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.02)
  expect(numbers.filter((number, at) => number < (numbers[at + 1] ?? 0)).length / 4000).toBeCloseTo(0.5, 1)
})

test('a dataset has the same bytes when it is created twice, and any difference is found', async () => {
  await using sandbox = await startSandbox()
  const endpoint = endpointOf(sandbox)
  const client = s3Client(endpoint)
  for (const bucket of ['one', 'two']) {
    const dataset = await makeDataset({
      endpoint,
      bucket,
      objects: 20,
      manifests: 3,
      sizes: { minBytes: 0, maxBytes: 2000 },
    })
    expect(dataset.manifests.map(({ key, rows }) => [key, rows])).toEqual([
      ['manifest/part-0000.parquet', 6],
      ['manifest/part-0001.parquet', 7],
      ['manifest/part-0002.parquet', 7],
    ])
    expect(dataset.bytes).toBe(
      [...datasetObjects(dataset.plan)].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    )
  }
  const place = (bucket: string) => ({ client, bucket })
  expect(await expectBucketsEqual(place('one'), place('two'))).toBe(23)
  const [kept, changed, gone] = sandbox.store.keys('two')
  await sandbox.store.put('two', changed!, 'other')
  sandbox.store.delete('two', gone!)
  await sandbox.store.put('two', 'extra', '')
  const differences = digestDifferences(await bucketDigest(client, 'one'), await bucketDigest(client, 'two'))
  expect(differences).toHaveLength(3)
  expect(differences.join()).not.toContain(kept)
  await expect(expectBucketsEqual(place('one'), place('two'))).rejects.toMatchObject({
    code: 'LAGOON_TESTKIT_BUCKETS_DIFFER',
    message: expect.stringContaining(`"${gone}" is missing`),
  })
  expect(await expectBucketsEqual(place('one'), place('two'), { filter: (key) => key === kept })).toBe(1)
  client.destroy()
})

test('a manifest may have nulls and any number of row groups', async () => {
  await using sandbox = await startSandbox({ buckets: ['b'] })
  const client = s3Client(endpointOf(sandbox))
  const rows = [{ key: 'a', sizeBytes: 1 }, { key: null }, { key: 'ü/😀' }]
  expect(await writeManifest({ client, bucket: 'b', key: 'm.parquet', rows, rowGroupRows: 2 })).toBe(3)
  const { bytes } = (await sandbox.store.get('b', 'm.parquet'))!
  expect([bytes.subarray(0, 4).toString(), bytes.subarray(-4).toString()]).toEqual(['PAR1', 'PAR1'])
  client.destroy()
})

test('bucket names are valid and unique', () => {
  const names = Array.from({ length: 100 }, () =>
    uniqueBucket('Some Test: with ümlauts and a very long name that goes on'),
  )
  expect(new Set(names).size).toBe(100)
  for (const name of names) expect(name).toMatch(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/)
})
