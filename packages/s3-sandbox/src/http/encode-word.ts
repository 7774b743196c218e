/**
 * How S3 gives back metadata that isn't ASCII: as an encoded word of RFC 2047. Takes latin1 text, the bytes as they came.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html#UserMetadata
 */
export function encodeWord(value: string): string {
  if (!/[\u0080-\u00FF]/.test(value)) return value
  return `=?UTF-8?B?${Buffer.from(value, 'latin1').toString('base64')}?=`
}
