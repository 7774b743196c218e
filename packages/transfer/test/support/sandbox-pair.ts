import { startSandbox, type Limits, type Sandbox } from '@lagoon/s3-sandbox'
import { s3Client } from '@lagoon/testkit'
import { onTestFinished } from 'vitest'
import type { Copier, CopierOptions, EndpointOptions } from '../../src/index.js'
import type { TestBucket } from './buckets.js'
import { testCopier } from './test-copier.js'

/** Two sandboxes with a bucket each, and copiers between them; all end with the test. */
export interface SandboxPair {
  source: Sandbox
  destination: Sandbox
  copier(options?: Partial<CopierOptions>): Copier
}

export async function sandboxPair(limits: Partial<Limits> = {}): Promise<SandboxPair> {
  const source = await startSandbox({ buckets: ['from'], limits })
  const destination = await startSandbox({ buckets: ['to'], limits })
  onTestFinished(async () => {
    await Promise.all([source.close(), destination.close()])
  })
  return {
    source,
    destination,
    copier(options = {}) {
      return testCopier({
        source: sandboxOptions(source, 'from'),
        destination: sandboxOptions(destination, 'to'),
        ...options,
      })
    },
  }
}

export function sandboxOptions(sandbox: Sandbox, bucket: string): EndpointOptions {
  const { url, region, credentials } = sandbox
  return { endpointUrl: url, region, bucket, credentials, proxy: 'none' }
}

/** A bucket of a sandbox as a test looks into it. */
export function sandboxBucket(sandbox: Sandbox, bucket: string): TestBucket {
  const { url, region, credentials } = sandbox
  const client = s3Client({ url, region, ...credentials })
  onTestFinished(() => client.destroy())
  return { client, bucket, options: sandboxOptions(sandbox, bucket) }
}
