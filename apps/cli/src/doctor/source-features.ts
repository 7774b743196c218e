import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3'
import { refusalOf, type StoreUnderTest } from './store-under-test.js'

/** Ranged and repeated reads name the ETag, so that an object that changed meanwhile is noticed. */
export async function checkConditionalReads(
  { client, bucket: Bucket, findings }: StoreUnderTest,
  Key: string,
): Promise<void> {
  const refused = await refusalOf(async () => {
    const { Body } = await client.send(
      new GetObjectCommand({ Bucket, Key, Range: 'bytes=0-0', IfMatch: '"no-such-etag"' }),
    )
    await Body?.transformToByteArray()
  })
  const name = 'conditional reads'
  if (refused?.detail.startsWith('412')) findings.ok(name, 'If-Match is honoured')
  else
    findings.warning(
      name,
      refused?.detail ?? 'If-Match is ignored',
      'Avoid writes to the source during a run: a change while parts are being read may go unnoticed.',
    )
}

/** The parts of an object are found by them, and kept, so that its ETag stays. */
export async function checkPartNumbers(
  { client, bucket: Bucket, findings }: StoreUnderTest,
  Key: string,
): Promise<void> {
  let status: number | undefined
  const refused = await refusalOf(async () => {
    const head = await client.send(new HeadObjectCommand({ Bucket, Key, PartNumber: 1 }))
    status = head.$metadata.httpStatusCode
  })
  if (status === 206) findings.ok('part numbers', 'HEAD finds the parts of an object')
  else
    findings.warning(
      'part numbers',
      refused?.detail ?? 'HEAD ignores them',
      'Nothing to do: multipart objects are copied with other part sizes and get another ETag.',
    )
}

/** Checksums beside the ETag, which tell of the bytes where the ETag does not. */
export async function checkReportedChecksums(
  { client, bucket: Bucket, findings }: StoreUnderTest,
  Key: string,
): Promise<void> {
  const reported: string[] = []
  const refused = await refusalOf(async () => {
    const head = await client.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }))
    for (const kind of ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)
      if (head[`Checksum${kind}`] !== undefined) reported.push(kind)
  })
  if (reported.length > 0) findings.ok('checksums', `${reported.join(', ')} reported`)
  else findings.skipped('checksums', refused?.detail ?? 'none reported; ETags are compared')
}
