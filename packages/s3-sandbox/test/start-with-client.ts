import { S3Client } from '@aws-sdk/client-s3'
import { startSandbox, type Sandbox, type SandboxOptions } from '../src/index.js'

/** A sandbox, and the SDK as its client with the SDK's defaults: checksums in headers and trailers. */
export async function startWithClient(
  options: SandboxOptions,
): Promise<{ sandbox: Sandbox; client: S3Client; close: () => Promise<void> }> {
  const sandbox = await startSandbox(options)
  const { url: endpoint, region, credentials } = sandbox
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true })
  return {
    sandbox,
    client,
    async close() {
      client.destroy()
      await sandbox.close()
    },
  }
}
