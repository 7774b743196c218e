import { createHash } from 'node:crypto'
import { HeadObjectCommand, PutObjectCommand, type PutObjectCommandInput } from '@aws-sdk/client-s3'
import { refusalOf, type StoreUnderTest } from './store-under-test.js'

/** A store that knows `If-None-Match: *` refuses to overwrite the probe; one that ignores it does so silently. */
export async function checkConditionalWrites(
  { client, bucket: Bucket, findings }: StoreUnderTest,
  Key: string,
): Promise<void> {
  const name = 'conditional writes'
  const refused = await refusalOf(() =>
    client.send(new PutObjectCommand({ Bucket, Key, Body: '', ContentLength: 0, IfNoneMatch: '*' })),
  )
  if (refused?.code === 'PreconditionFailed' || refused?.detail.startsWith('412'))
    findings.ok(name, 'If-None-Match is honoured')
  else
    findings.warning(
      name,
      refused?.detail ?? 'If-None-Match is ignored',
      'Nothing to do: --overwrite if-missing checks before each write instead.',
    )
}

/** A store over a file system takes keys for paths: it finds the probe under another spelling, or refuses that. */
export async function checkKeys(
  { client, bucket: Bucket, findings }: StoreUnderTest,
  Key: string,
): Promise<void> {
  const name = 'keys'
  const cut = Key.lastIndexOf('/') + 1
  const other = `${Key.slice(0, cut)}/${Key.slice(cut)}`
  const refused = await refusalOf(() => client.send(new HeadObjectCommand({ Bucket, Key: other })))
  if (refused === undefined) {
    findings.warning(
      name,
      'the store treats keys as paths: // becomes /',
      'Keys that differ only in such slashes overwrite each other; `lagoon verify` after the copy reports them.',
    )
  } else if (refused.detail.startsWith('400')) {
    findings.warning(
      name,
      `refuses keys with an empty segment: ${refused.detail}`,
      'Objects with such keys fail; the others are copied.',
    )
  } else findings.ok(name, 'kept byte for byte')
}

/** A store that checks what it is sent refuses a body whose MD5 or CRC-32 is another. */
export async function checkChecksums(
  { client, bucket: Bucket, findings }: StoreUnderTest,
  Key: string,
): Promise<void> {
  const put = (more: Partial<PutObjectCommandInput>) =>
    refusalOf(() => client.send(new PutObjectCommand({ Bucket, Key, Body: 'lagoon', ...more })))
  const md5 = await put({ ContentMD5: createHash('md5').update('another').digest('base64') })
  const crc32 = await put({ ChecksumCRC32: Buffer.alloc(4).toString('base64') })
  const checked = [...(md5 === undefined ? [] : ['MD5']), ...(crc32 === undefined ? [] : ['CRC-32'])]
  if (md5 !== undefined) findings.ok('checksums', `the store checks ${checked.join(' and ')} of uploads`)
  else
    findings.warning(
      'checksums',
      'Content-MD5 is ignored',
      'Nothing to do: copies are compared by ETag; use --verification strict if ETags are not digests.',
    )
}
