// @ts-check
import { s3Request } from '../../packages/testkit/dist/index.js'

const PART_BYTES = 5 * 1024 * 1024

/**
 * Uploads an object in parts of 5 MiB and a rest.
 *
 * @param {import('./cli.js').Side} side
 * @param {string} key
 * @param {Buffer} bytes
 */
export async function putInParts({ endpoint, bucket }, key, bytes) {
  const ask = { bucket, key }
  const begun = await s3Request(endpoint, { ...ask, method: 'POST', query: 'uploads=' })
  const id = /<UploadId>([^<]+)/.exec(begun.body.toString())?.[1]
  let listed = ''
  for (let part = 1; (part - 1) * PART_BYTES < bytes.length; part += 1) {
    const body = bytes.subarray((part - 1) * PART_BYTES, part * PART_BYTES)
    const query = `partNumber=${part}&uploadId=${id}`
    const { headers } = await s3Request(endpoint, { ...ask, method: 'PUT', query, body })
    listed += `<Part><PartNumber>${part}</PartNumber><ETag>${headers.etag}</ETag></Part>`
  }
  const body = `<CompleteMultipartUpload>${listed}</CompleteMultipartUpload>`
  await s3Request(endpoint, { ...ask, method: 'POST', query: `uploadId=${id}`, body })
}
