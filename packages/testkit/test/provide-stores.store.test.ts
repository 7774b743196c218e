import { expect, test } from 'vitest'
import {
  createUniqueBucket,
  expectBucketsEqual,
  listKeys,
  makeDataset,
  s3Client,
  storePair,
} from '../src/index.js'

test('two servers run, and the same dataset on both is equal', async () => {
  const { source, destination } = storePair()
  const [from, to] = [s3Client(source), s3Client(destination)]
  const bucket = await createUniqueBucket(from, 'dataset')
  const datasets = await Promise.all(
    [source, destination].map((endpoint) =>
      makeDataset({ endpoint, bucket, objects: 60, manifests: 2, seed: 7 }),
    ),
  )
  expect(datasets[0]).toEqual(datasets[1])
  expect(datasets[0]!.manifests.map(({ rows }) => rows)).toEqual([30, 30])
  const listed: string[] = []
  for await (const key of listKeys(from, bucket, 'manifest/')) listed.push(key)
  expect(listed).toEqual(datasets[0]!.manifests.map(({ key }) => key))
  const compared = await expectBucketsEqual(
    { client: from, bucket },
    { client: to, bucket },
    { prefix: 'data/' },
  )
  expect(compared).toBe(60)
  from.destroy()
  to.destroy()
})
