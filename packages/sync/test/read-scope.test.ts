import { expect, it } from 'vitest'
import { bucketManifests } from '../src/manifests/bucket.js'
import type { ResolvedOptions } from '../src/options/options.js'

const listed = { key: 'manifest/a.parquet', etag: 'e1;column=x', sizeBytes: 5000, lastModified: new Date(0) }

function manifestsOf(options: Partial<ResolvedOptions>) {
  const read: (string | undefined)[] = []
  const store = {
    async *list() {
      yield listed
    },
    async *listPrefixes() {},
    read({ etag }: { etag?: string }): Promise<Uint8Array> {
      read.push(etag)
      return Promise.reject(new Error('read'))
    },
  }
  const given = { source: { bucket: 'lake', region: 'auto' }, manifestPrefix: 'manifest/', ...options }
  return { manifests: bucketManifests(store as never, given as ResolvedOptions), read }
}

it.each([
  [{}, undefined],
  [{ manifestColumn: 'key' }, 'column=key'],
  [{ allVersions: true, manifestColumn: 'key' }, 'all-versions;column=key'],
])(
  'a manifest read with %j has a scope beside its ETag, and is read by that ETag',
  async (options, scope) => {
    const { manifests, read } = manifestsOf(options)
    for await (const ref of manifests.discover()) {
      expect(ref.etag).toBe(listed.etag)
      expect(ref.scope).toBe(scope)
      await expect(manifests.open(ref)).rejects.toThrow()
    }
    expect(new Set(read)).toEqual(new Set([listed.etag]))
  },
)
