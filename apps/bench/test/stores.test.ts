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

test("the default endpoint is Amazon's for the region", () => {
  const { LAGOON_SOURCE_ENDPOINT_URL: _, ...rest } = complete
  expect(environmentPair({ ...rest, LAGOON_SOURCE_REGION: 'eu-west-1' }).source.url).toBe(
    'https://s3.eu-west-1.amazonaws.com',
  )
})

test('everything missing or malformed is reported together', () => {
  const broken = {
    ...complete,
    LAGOON_SOURCE_ACCESS_KEY_ID: '',
    LAGOON_DESTINATION_ENDPOINT_URL: 'two.example',
  }
  expect(() => environmentPair(broken)).toThrow(
    /SOURCE_ACCESS_KEY_ID is not set.*DESTINATION_ENDPOINT_URL is not an http/s,
  )
})

test("requests are counted by operation from MinIO's metrics, only those of S3 clients", () => {
  const metrics = [
    '# TYPE minio_api_requests_total counter',
    'minio_api_requests_total{name="GetObject",server="127.0.0.1:9",type="s3"} 12',
    'minio_api_requests_total{name="Ping",server="127.0.0.1:9",type="admin"} 5',
    'minio_api_requests_5xx_errors_total{name="GetObject",server="127.0.0.1:9",type="s3"} 1',
  ].join('\n')
  expect(parseRequestCounts(metrics)).toEqual({ GetObject: 12 })
})

test('the difference of two counts belongs to the run between them', () => {
  expect(countsBetween({ GetObject: 5, PutBucket: 1 }, { GetObject: 9, PutBucket: 1, PutObject: 2 })).toEqual(
    {
      GetObject: 4,
      PutObject: 2,
    },
  )
})
