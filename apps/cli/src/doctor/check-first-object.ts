import { GetObjectCommand } from '@aws-sdk/client-s3'
import { inspectManifest } from '@lagoon/manifest'
import type { EndpointOptions } from '@lagoon/sync'
import { createStore } from '@lagoon/transfer'
import { describeFailure } from '../output/describe-failure.js'
import { formatCountOf } from '../text/format.js'
import { fixFor } from '../stores/permissions.js'
import type { FoundObject } from './check-source.js'
import { refusalOf, type StoreUnderTest } from './store-under-test.js'

/** Whether the manifest can be read, and the first object that it names: policies often allow some prefixes only. */
export async function checkFirstObject(
  under: StoreUnderTest,
  endpoint: EndpointOptions,
  { key, etag, sizeBytes }: FoundObject,
  column: string | undefined,
): Promise<void> {
  const { client, bucket: Bucket, findings } = under
  const store = createStore(endpoint)
  try {
    const options = { bucket: Bucket, keys: 1, ...(column === undefined ? {} : { column }) }
    const ref = { key, etag: etag.replaceAll('"', ''), sizeBytes }
    const { rows, firstKeys, problem } = await inspectManifest(store, ref, options)
    if (problem !== null) {
      const { message, hint = 'See lagoon manifest inspect.' } = describeFailure(problem).data
      findings.failed('manifest', message, hint)
      return
    }
    findings.ok('manifest', `${key} names ${formatCountOf(rows, 'object')}`)
    const [first] = firstKeys
    if (first === undefined) return
    const refused = await refusalOf(async () => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: first, Range: 'bytes=0-0' }))
      await Body?.transformToByteArray()
    })
    const name = 'first object'
    // An empty object has no first byte.
    if (refused === undefined || refused.code === 'InvalidRange') findings.ok(name, `${first} can be read`)
    else if (refused.code === 'NoSuchKey')
      findings.warning(name, `${first} does not exist`, 'Correct the manifest, or restore the object.')
    else
      findings.failed(
        name,
        `${first}: ${refused.detail}`,
        fixFor(refused.code, 's3:GetObject', Bucket, under.side),
      )
  } catch (error) {
    const { message, hint } = describeFailure(error).data
    findings.failed('manifest', `${key}: ${message}`, hint ?? 'See lagoon manifest inspect.')
  } finally {
    await store.close()
  }
}
