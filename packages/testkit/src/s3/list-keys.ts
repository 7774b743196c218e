import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3'

/** Every key of a bucket under a prefix, byte-exact: listed URL-encoded, because XML cannot represent every key. */
export async function* listKeys(client: S3Client, bucket: string, prefix = ''): AsyncGenerator<string> {
  let token: string | undefined
  do {
    const page = await client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        EncodingType: 'url',
        ContinuationToken: token,
      }),
    )
    for (const { Key } of page.Contents ?? []) yield decodeListedKey(Key!)
    token = page.NextContinuationToken
  } while (token !== undefined)
}

/** Listings use form encoding: `+` is a space, and a plus is `%2B`. */
export function decodeListedKey(encoded: string): string {
  return decodeURIComponent(encoded.replaceAll('+', ' '))
}
