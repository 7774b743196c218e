// Copies one object of 24 MiB between two stores, in parts, and shows how far it is after each.
import { startSandbox, type Sandbox } from '@lagoon/s3-sandbox'
import { createCopier, createSimpleRunner, type EndpointOptions } from '@lagoon/transfer'
import { withProgress } from './with-progress.ts'

const MIB = 1024 * 1024

// Two small S3 servers in this process; take your own endpoints instead.
await using here = await startSandbox({ buckets: ['lake'] })
await using there = await startSandbox({ buckets: ['lake-copy'] })
await here.store.put('lake', 'video.mp4', Buffer.alloc(24 * MIB, 'frames'))

const endpoint = ({ url, region, credentials }: Sandbox, bucket: string): EndpointOptions => ({
  endpointUrl: url,
  region,
  bucket,
  ...(credentials && { credentials }),
})
const copier = createCopier({
  source: endpoint(here, 'lake'),
  destination: endpoint(there, 'lake-copy'),
  // Parts as small as they may be, so that there is something to see. The defaults suit real objects.
  singlePutBytes: 5 * MIB,
  multipartThresholdBytes: 5 * MIB,
  partSizeBytes: 5 * MIB,
})

const job = { key: 'video.mp4', sizeBytes: 24 * MIB }
const runner = withProgress(createSimpleRunner({ maxAttempts: 3 }), (bytes) => {
  console.log(`${job.key}: ${Math.round((100 * bytes) / job.sizeBytes)} %`)
})
const result = await copier.copy(job, runner)
await copier.close()

if (!result.ok) throw new Error(`${result.failure.side}: ${result.failure.message}`)
console.log(`${result.bytes} bytes copied, verified by ${result.verification}`)
