import { createCopier, createSimpleRunner } from '@lagoon/transfer'
import { createBucketClient } from '../s3/bucket-client.js'
import { createSigner, type StoreAccess } from '../s3/sign-request.js'
import { startSandboxPair } from '../stores/sandbox-pair.js'
import type { MicroTask } from './measure-task.js'

const copies = 2_000
const inFlight = 32

/** Copies of small objects between two sandboxes in other processes, and a signature by the bench's own signer as a yardstick. */
export async function copyTasks(): Promise<MicroTask[]> {
  const pair = await startSandboxPair({})
  for (const access of [pair.source, pair.destination]) {
    const store = createBucketClient(access)
    await store.createBucket('bench')
    for (const sizeBytes of sizes)
      await store.put('bench', keyFor(sizeBytes), Buffer.alloc(sizeBytes, 7), sizeBytes)
    await store.close()
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

function endpoint({ url, region, accessKeyId, secretAccessKey }: StoreAccess) {
  const credentials = { accessKeyId, secretAccessKey }
  return { endpointUrl: url, region, bucket: 'bench', forcePathStyle: true, credentials }
}

function signingTask(): MicroTask {
  const access = {
    url: 'http://127.0.0.1:9000',
    region: 'us-east-1',
    accessKeyId: 'key',
    secretAccessKey: 'secret',
  }
  const sign = createSigner(access)
  return {
    name: 'signature (yardstick)',
    unit: 'request',
    operations: 20_000,
    run() {
      for (let index = 0; index < 20_000; index += 1) sign({ method: 'GET', path: `/bench/object-${index}` })
    },
  }
}
