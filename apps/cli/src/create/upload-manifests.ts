import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { WrittenManifest } from '@lagoon/manifest'
import type { EndpointOptions } from '@lagoon/sync'
import { CliError } from '../errors/cli-error.js'

/** A manifest, and its key in the bucket if it was uploaded. */
export type UploadedManifest = WrittenManifest & { readonly uploadedAs: string | null }

/** Puts manifests under a prefix of the source bucket. Throws `LAGOON_CLI_UPLOAD_FAILED`. */
export async function uploadManifests(
  written: readonly WrittenManifest[],
  { source, prefix }: { source: EndpointOptions; prefix: string },
): Promise<UploadedManifest[]> {
  const [{ bucketClient, storeAnswer }, { fixFor }, { PutObjectCommand }] = await Promise.all([
    import('../stores/bucket-client.js'),
    import('../stores/permissions.js'),
    import('@aws-sdk/client-s3'),
  ])
  const { bucket: Bucket } = source
  const client = bucketClient(source)
  const uploaded: UploadedManifest[] = []
  try {
    for (const manifest of written) {
      const Key = `${prefix}${basename(manifest.path)}`
      const { size: ContentLength } = await stat(manifest.path)
      const Body = createReadStream(manifest.path)
      await client
        .send(new PutObjectCommand({ Bucket, Key, Body, ContentLength }))
        .catch((cause: unknown) => {
          const { code, detail } = storeAnswer(cause)
          const message = `${manifest.path} could not be uploaded to ${Bucket} as ${Key}: ${detail}`
          const hint = `${fixFor(code, 's3:PutObject', Bucket, 'source')} The manifests are kept on this machine.`
          throw new CliError('LAGOON_CLI_UPLOAD_FAILED', message, hint, { cause })
        })
      uploaded.push({ ...manifest, uploadedAs: Key })
    }
    return uploaded
  } finally {
    client.destroy()
  }
}
