import { createCopier, createSimpleRunner } from '@lagoon/transfer'
import { putObjects } from '@lagoon/testkit'
import aws4 from 'aws4'
import { createBucket, type BucketAccess } from '../stores/buckets.js'
import { startSandboxPair } from '../stores/sandbox-pair.js'
import type { MicroTask } from './measure-task.js'

const copies = 2_000
const inFlight = 32

/** Copies of small objects between two sandboxes in other processes, and a signature for comparison. */
export async function copyTasks(): Promise<MicroTask[]> {
  const pair = await startSandboxPair({})
  for (const access of [pair.source, pair.destination]) {
    await createBucket(access, 'bench')
    const objects = sizes.map((sizeBytes) => ({
      key: keyFor(sizeBytes),
      sizeBytes,
      body: () => Buffer.alloc(sizeBytes, 7),
    }))
    await putObjects(access, 'bench', objects)
  }
  const copier = createCopier({ source: endpoint(pair.source), destination: endpoint(pair.destination) })
  const runner = createSimpleRunner()
  const tasks = sizes.map((sizeBytes): MicroTask => ({
    name: `copy, ${sizeBytes / 1024} KiB`,
    unit: 'object',
    operations: copies,
    async run() {
      const worker = async (): Promise<void> => {
        for (let index = 0; index < copies / inFlight; index += 1) {
          const result = await copier.copy({ key: keyFor(sizeBytes) }, runner)
          if (!result.ok) throw new Error(result.failure.message)
        }
      }
      await Promise.all(Array.from({ length: inFlight }, worker))
    },
  }))
  tasks.at(-1)!.close = async () => {
    await copier.close()
    await pair.close()
  }
  return [signingTask(), ...tasks]
}

const sizes = [1024, 32 * 1024]

function keyFor(sizeBytes: number): string {
  return `object-${sizeBytes}`
}

function endpoint({ url, region, accessKeyId, secretAccessKey }: BucketAccess) {
  const credentials = { accessKeyId, secretAccessKey }
  return { endpointUrl: url, region, bucket: 'bench', forcePathStyle: true, credentials }
}

function signingTask(): MicroTask {
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' }
  return {
    name: 'signature (aws4, a yardstick)',
    unit: 'request',
    operations: 20_000,
    run() {
      for (let index = 0; index < 20_000; index += 1)
        aws4.sign(
          { service: 's3', region: 'us-east-1', host: 'localhost', path: `/bench/object-${index}` },
          credentials,
        )
    },
  }
}
