import {
  GetObjectCommand,
  GetObjectTaggingCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3'
import type { Findings } from './check.js'
import { storeAnswer } from '../stores/bucket-client.js'
import { fixFor } from '../stores/permissions.js'

/** What a run needs at the source: list the prefix, read objects; tags where there are any. */
export async function checkSource(
  client: S3Client,
  bucket: string,
  prefix: string,
  findings: Findings,
): Promise<void> {
  let key: string | undefined
  try {
    const page = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 1 }))
    key = page.Contents?.[0]?.Key
    if (key === undefined) {
      findings.warning(
        'list',
        `nothing lies under ${prefix === '' ? 'the bucket' : prefix}`,
        'Put manifests there, or name their prefix with --manifest-prefix.',
      )
    } else findings.ok('list', `finds ${key}`)
  } catch (error) {
    const { code, detail } = storeAnswer(error)
    findings.failed('list', detail, fixFor(code, 's3:ListBucket', bucket))
  }
  if (key === undefined) {
    findings.skipped('read', 'needs an object under the prefix')
    return
  }
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, Range: 'bytes=0-0' }))
    await Body?.transformToByteArray()
    findings.ok('read', 'a byte of it can be read')
  } catch (error) {
    const { code, detail } = storeAnswer(error)
    findings.failed('read', detail, fixFor(code, 's3:GetObject', bucket))
  }
  try {
    await client.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: key }))
    findings.ok('read tags', 'allowed')
  } catch (error) {
    const { code, detail } = storeAnswer(error)
    findings.warning('read tags', detail, fixFor(code, 's3:GetObjectTagging', bucket))
  }
}
