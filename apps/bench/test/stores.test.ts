import { expect, test } from 'vitest'
import { parseRequestCounts } from '../src/stores/minio-pair.js'
import { environmentPair } from '../src/stores/open-stores.js'
import { countsBetween } from '../src/stores/store-pair.js'

const complete = {
  LAGOON_SOURCE_ENDPOINT_URL: 'https://one.example:9000/',
  LAGOON_SOURCE_ACCESS_KEY_ID: 'a',
  LAGOON_SOURCE_SECRET_ACCESS_KEY: 'b',
  LAGOON_DESTINATION_ENDPOINT_URL: 'http://two.example',
  LAGOON_DESTINATION_ACCESS_KEY_ID: 'c',
  LAGOON_DESTINATION_SECRET_ACCESS_KEY: 'hush',
}

test("stores are taken from the product's variables", () => {
  const pair = environmentPair(complete)
  expect(pair.source).toEqual({
    url: 'https://one.example:9000',
    region: 'us-east-1',
    accessKeyId: 'a',
    secretAccessKey: 'b',
  })
  expect(pair.description).not.toMatch(/hush/)
})

test("without an endpoint it is Amazon's, of the region", () => {
  const { LAGOON_SOURCE_ENDPOINT_URL: _, ...rest } = complete
  expect(environmentPair({ ...rest, LAGOON_SOURCE_REGION: 'eu-west-1' }).source.url).toBe(
    'https://s3.eu-west-1.amazonaws.com',
  )
})

test('all that is missing or malformed is named at once', () => {
  const broken = {
    ...complete,
    LAGOON_SOURCE_ACCESS_KEY_ID: '',
    LAGOON_DESTINATION_ENDPOINT_URL: 'two.example',
  }
  expect(() => environmentPair(broken)).toThrow(
    /SOURCE_ACCESS_KEY_ID is not set.*DESTINATION_ENDPOINT_URL is not an http/s,
  )
})

test("requests are counted by operation from MinIO's metrics, and only those that S3 clients made", () => {
  const metrics = [
    '# TYPE minio_api_requests_total counter',
    'minio_api_requests_total{name="GetObject",server="127.0.0.1:9",type="s3"} 12',
    'minio_api_requests_total{name="Ping",server="127.0.0.1:9",type="admin"} 5',
    'minio_api_requests_5xx_errors_total{name="GetObject",server="127.0.0.1:9",type="s3"} 1',
  ].join('\n')
  expect(parseRequestCounts(metrics)).toEqual({ GetObject: 12 })
})

test('what moved between two counts is what a run did', () => {
  expect(countsBetween({ GetObject: 5, PutBucket: 1 }, { GetObject: 9, PutBucket: 1, PutObject: 2 })).toEqual(
    {
      GetObject: 4,
      PutObject: 2,
    },
  )
})
