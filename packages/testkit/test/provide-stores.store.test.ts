import { expect, test } from 'vitest'
import {
  createUniqueBucket,
  expectBucketsEqual,
  listKeys,
  makeLake,
  s3Client,
  storePair,
} from '../src/index.js'

test('two servers are there, and the same lake made on both is equal', async () => {
  const { source, destination } = storePair()
  const [from, to] = [s3Client(source), s3Client(destination)]
  const bucket = await createUniqueBucket(from, 'lake')
  const lakes = await Promise.all(
    [from, to].map((client) => makeLake({ client, bucket, objects: 60, manifests: 2, seed: 7 })),
  )
  expect(lakes[0]).toEqual(lakes[1])
  expect(lakes[0]!.manifests.map(({ rows }) => rows)).toEqual([30, 30])
  const listed: string[] = []
  for await (const key of listKeys(from, bucket, 'manifest/')) listed.push(key)
  expect(listed).toEqual(lakes[0]!.manifests.map(({ key }) => key))
  const compared = await expectBucketsEqual(
    { client: from, bucket },
    { client: to, bucket },
    { prefix: 'data/' },
  )
  expect(compared).toBe(60)
  from.destroy()
  to.destroy()
})
