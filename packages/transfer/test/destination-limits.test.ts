import { describe, expect, it } from 'vitest'
import { limitsOf, S3_LIMITS } from '../src/options/provider-limits.js'

const of = (host: string, limits?: Parameters<typeof limitsOf>[0]['limits']) => limitsOf({ host, limits })

describe('the limits of a store', () => {
  it('are those of S3, unless the host has known ones', () => {
    expect(of('s3.eu-west-1.amazonaws.com')).toEqual(S3_LIMITS)
    expect(of('abc.r2.cloudflarestorage.com')).toMatchObject({ equalParts: true })
    expect(of('s3.fr-par.scw.cloud:443')).toMatchObject({ maxParts: 1000, equalParts: false })
  })

  it('can be overridden, for a store behind another name', () => {
    expect(of('store.example', { equalParts: true })).toEqual({ ...S3_LIMITS, equalParts: true })
    expect(of('s3.fr-par.scw.cloud', { maxParts: 2000 })).toMatchObject({ maxParts: 2000 })
  })
})
