import { startSandbox, type Sandbox } from '@lagoon/s3-sandbox'
import { onTestFinished } from 'vitest'
import { createCopier, type Copier, type CopierOptions, type EndpointOptions } from '../../src/index.js'

/** Two sandboxes with a bucket each, and copiers between them; all end with the test. */
export interface SandboxPair {
  source: Sandbox
  destination: Sandbox
  copier(options?: Partial<CopierOptions>): Copier
}

export async function sandboxPair(): Promise<SandboxPair> {
  const source = await startSandbox({ buckets: ['from'] })
  const destination = await startSandbox({ buckets: ['to'] })
  onTestFinished(async () => {
    await Promise.all([source.close(), destination.close()])
  })
  return {
    source,
    destination,
    copier(options = {}) {
      const copier = createCopier({
        source: sandboxOptions(source, 'from'),
        destination: sandboxOptions(destination, 'to'),
        ...options,
      })
      onTestFinished(() => copier.close())
      return copier
    },
  }
}

export function sandboxOptions(sandbox: Sandbox, bucket: string): EndpointOptions {
  const { url, region, credentials } = sandbox
  return { endpointUrl: url, region, bucket, credentials, proxy: 'none' }
}
