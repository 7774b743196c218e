/** How non-ASCII metadata is returned. */
export type MetadataForm = 'base64-word' | 'quoted-word' | 'utf-8'

/**
 * Metadata as it is returned: ASCII unchanged, the rest as an encoded word of RFC 2047, or raw. Takes latin1 text, the bytes as received.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html#UserMetadata
 */
export function writtenMetadata(value: string, form: MetadataForm = 'base64-word'): string {
  if (form === 'utf-8' || !/[\u0080-\u00FF]/.test(value)) return value
  const bytes = Buffer.from(value, 'latin1')
  if (form === 'base64-word') return `=?UTF-8?B?${bytes.toString('base64')}?=`
  return `=?UTF-8?Q?${[...bytes].map((byte) => quoted(byte)).join('')}?=`
}

/** RFC 2047, section 4.2. */
function quoted(byte: number): string {
  const char = String.fromCharCode(byte)
  if (/[A-Za-z0-9!*+/-]/.test(char)) return char
  return char === ' ' ? '_' : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
}
