import { describe, expect, it } from 'vitest'
import { limitsOf, S3_LIMITS } from '../src/options/provider-limits.js'

const of = (host: string, limits?: Parameters<typeof limitsOf>[0]['limits']) => limitsOf({ host, limits })

describe('the limits of a store', () => {
  it('are those of S3, unless the host has known ones', () => {
    expect(of('store.example')).toEqual(S3_LIMITS)
    // 48.8 TiB: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
    for (const host of ['lake.s3.eu-west-1.amazonaws.com', 's3.cn-north-1.amazonaws.com.cn'])
      expect(of(host)).toEqual({ ...S3_LIMITS, maxObjectBytes: 53_687_091_200_000 })
    expect(of('abc.r2.cloudflarestorage.com')).toMatchObject({ equalParts: true })
    expect(of('s3.fr-par.scw.cloud:443')).toMatchObject({ maxParts: 1000, equalParts: false })
  })

  it('can be overridden, for a store behind another name', () => {
    expect(of('store.example', { equalParts: true })).toEqual({ ...S3_LIMITS, equalParts: true })
    expect(of('s3.fr-par.scw.cloud', { maxParts: 2000 })).toMatchObject({ maxParts: 2000 })
  })
})
