import { createHash, createHmac } from 'node:crypto'

/** Derived signing keys by secret, day, region and service; the latest are cached. Safe to share: a key follows from its name. */
const keys = new Map<string, Buffer>()

/** The key that signs everything of one day, region and service. */
export function signingKey(secretAccessKey: string, date: string, region: string, service: string): Buffer {
  const name = `${secretAccessKey}\n${date}\n${region}\n${service}`
  let key = keys.get(name)
  if (key === undefined) {
    key = [date, region, service, 'aws4_request'].reduce<Buffer>(
      (secret, part) => hmac(secret, part),
      Buffer.from(`AWS4${secretAccessKey}`),
    )
    if (keys.size >= 64) keys.clear()
    keys.set(name, key)
  }
  return key
}

export function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

export function hmacHex(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex')
}

/** Header values are latin1 text here, so that the bytes hashed are the bytes sent. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text, 'latin1').digest('hex')
}

/** `20260101T120000Z` and similar as Unix milliseconds; null for anything else. */
export function parseAmzDate(text: string): number | null {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text)
  if (match === null) return null
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number)
  return Date.UTC(year!, month! - 1, day, hour, minute, second)
}
