import { createHash, createHmac } from 'node:crypto'

/** A place to send S3 requests to, and who sends them. */
export interface StoreAccess {
  /** Origin of the endpoint, without a path: `http://127.0.0.1:9000`. */
  url: string
  region: string
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
  /** PEM of the authority to trust beside the system's. */
  certificateAuthority?: string
  /** The same as a file, for programs that want one. */
  authorityFile?: string
}

export interface RequestLine {
  method: string
  /** As it goes over the wire: percent-encoded, beginning with `/`. */
  path: string
  /** As it goes over the wire: sorted by name, encoded, without `?`. */
  query?: string
  /** Further headers that have to be signed, names in lower case. */
  headers?: Readonly<Record<string, string>>
  /** Hex SHA-256 of the body; left out, the body is not signed. */
  payloadSha256?: string
}

/**
 * Signs with AWS Signature Version 4, path style. A harness of its own keeps the bench apart from the product that
 * it measures, and is the yardstick of the `bare loop`.
 * See "Signature Version 4" in the Amazon S3 API reference.
 */
export function createSigner(
  access: StoreAccess,
): (request: RequestLine, now?: Date) => Record<string, string> {
  const host = new URL(access.url).host
  const tokenHeader: Record<string, string> = access.sessionToken
    ? { 'x-amz-security-token': access.sessionToken }
    : {}
  let keyDay = ''
  let key: Buffer = Buffer.alloc(0)

  return (request, now = new Date()) => {
    const time = now.toISOString().replaceAll(/[-:]|\.\d{3}/g, '')
    const day = time.slice(0, 8)
    if (day !== keyDay) {
      const dayKey = hmac(`AWS4${access.secretAccessKey}`, day)
      key = hmac(hmac(hmac(dayKey, access.region), 's3'), 'aws4_request')
      keyDay = day
    }
    const payload = request.payloadSha256 ?? 'UNSIGNED-PAYLOAD'
    const headers: Record<string, string> = {
      host,
      'x-amz-content-sha256': payload,
      'x-amz-date': time,
      ...tokenHeader,
      ...request.headers,
    }
    const names = Object.keys(headers).sort()
    const signedHeaders = names.join(';')
    const canonical = [
      request.method,
      request.path,
      request.query ?? '',
      ...names.map((name) => `${name}:${headers[name]!.trim()}`),
      '',
      signedHeaders,
      payload,
    ].join('\n')
    const scope = `${day}/${access.region}/s3/aws4_request`
    const digest = createHash('sha256').update(canonical).digest('hex')
    const signature = createHmac('sha256', key)
      .update(`AWS4-HMAC-SHA256\n${time}\n${scope}\n${digest}`)
      .digest('hex')
    headers['authorization'] =
      `AWS4-HMAC-SHA256 Credential=${access.accessKeyId}/${scope},SignedHeaders=${signedHeaders},Signature=${signature}`
    return headers
  }
}

/** Percent-encodes as S3 canonicalises: everything but unreserved characters; `/` stays when it divides a path. */
export function encodeKey(key: string): string {
  return encodeURIComponent(key)
    .replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/')
}

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest()
}
