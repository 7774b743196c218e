import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListPartsCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import type { DestinationNeeds } from './destination-needs.js'
import type { StoreProbes } from './probes.js'
import { runCheck, refusalOf, type StoreUnderTest } from './store-under-test.js'

/** Uploads in parts: begin, write, runCheck at, complete, give up. */
export async function checkUploads(
  store: StoreUnderTest,
  { partsKey: Key, written, uploads }: StoreProbes,
  headers: DestinationNeeds['headers'],
): Promise<void> {
  const { client, bucket: Bucket, findings } = store
  const begin = async () => {
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key, ...headers }))
    uploads.add(UploadId!)
    return UploadId!
  }
  let UploadId = ''
  let ETag: string | undefined
  const begun = await runCheck(store, 'multipart', 's3:PutObject', 'failed', async () => {
    UploadId = await begin()
    const part = { Bucket, Key, UploadId, PartNumber: 1, Body: 'lagoon' }
    ETag = (await client.send(new UploadPartCommand(part))).ETag
    return 'uploads can be created and parts written'
  })
  if (!begun) {
    for (const name of ['resume uploads', 'complete uploads', 'part numbers', 'abort uploads'])
      findings.skipped(name, 'needs an upload, which could not be created')
    return
  }
  await runCheck(store, 'resume uploads', 's3:ListMultipartUploadParts', 'warning', async () => {
    await client.send(new ListPartsCommand({ Bucket, Key, UploadId }))
    return 'uploaded parts can be listed'
  })
  const completed = await runCheck(store, 'complete uploads', 's3:PutObject', 'failed', async () => {
    written.add(Key)
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] }
    await client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload }))
    uploads.delete(UploadId)
    return 'allowed'
  })
  if (completed) await checkPartNumbers(store, Key)
  else findings.skipped('part numbers', 'needs an object in parts')
  await runCheck(store, 'abort uploads', 's3:AbortMultipartUpload', 'warning', async () => {
    const another = completed ? await begin() : UploadId
    await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId: another }))
    uploads.delete(another)
    return 'allowed'
  })
}

/** Whether the parts of an object that was written here can be determined later, when it is a source. */
async function checkPartNumbers(
  { client, bucket: Bucket, findings }: StoreUnderTest,
  Key: string,
): Promise<void> {
  let parts: number | undefined
  const refused = await refusalOf(async () => {
    parts = (await client.send(new HeadObjectCommand({ Bucket, Key, PartNumber: 1 }))).PartsCount
  })
  if (parts !== undefined) findings.ok('part numbers', 'HEAD reports the parts of an object')
  else findings.skipped('part numbers', refused?.detail ?? 'HEAD does not report the parts of an object')
}
