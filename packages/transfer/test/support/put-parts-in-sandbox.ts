import type { Sandbox } from '@lagoon/s3-sandbox'
import { s3Client } from '@lagoon/testkit'
import { putInParts } from './objects.js'
import { sandboxOptions } from './sandbox-pair.js'

/** Uploads a body in equal parts and a rest; returns the ETag. */
export async function putPartsInSandbox(
  sandbox: Sandbox,
  bucket: string,
  key: string,
  body: Buffer,
  partBytes: number,
): Promise<string> {
  const { url, region, credentials } = sandbox
  const client = s3Client({ url, region, ...credentials })
  const sizes: number[] = []
  for (let left = body.length; left > 0; left -= partBytes) sizes.push(Math.min(partBytes, left))
  try {
    return await putInParts({ client, bucket, options: sandboxOptions(sandbox, bucket) }, key, body, sizes)
  } finally {
    client.destroy()
  }
}
