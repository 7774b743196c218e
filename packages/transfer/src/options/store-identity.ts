import { TransferError } from '../contract/errors.js'

/** What distinguishes one store from another; fields as in `EndpointOptions`. */
export interface StoreAddress {
  endpointUrl?: string | undefined
  region?: string | undefined
}

const AWS_HOST = /(?:^|\.)s3[.-](?:[a-z0-9-]+\.)*amazonaws\.com(?:\.cn)?$/
const THIS_MACHINE = /^(?:localhost|127(?:\.\d+){3}|\[::1\]|0\.0\.0\.0|\[::\])$/

/**
 * A name for the store behind an endpoint, equal for two endpoints of the same store: host, port and path, where all
 * names of this machine count as one; for AWS the partition, within which bucket names are unique. Names that only
 * DNS or a load balancer maps to one store cannot be recognised. Source of the partitions:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
export function storeIdentity({ endpointUrl, region = '' }: StoreAddress): string {
  if (endpointUrl === undefined) return awsPartition(region)
  if (!URL.canParse(endpointUrl)) return endpointUrl
  const url = new URL(endpointUrl)
  const host = url.hostname.replace(/\.$/, '')
  if (AWS_HOST.test(host)) return awsPartition(host.endsWith('.cn') ? 'cn-' : host)
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  const name = isThisMachine(host) ? 'localhost' : host
  return `${name}:${port}${url.pathname.replace(/\/+$/, '')}`
}

/** True if both sides are the same bucket, as far as their endpoints show. */
export function isSameBucket(
  source: StoreAddress & { bucket: string },
  destination: StoreAddress & { bucket: string },
): boolean {
  return source.bucket === destination.bucket && storeIdentity(source) === storeIdentity(destination)
}

/**
 * Refuses two sides that are the same bucket: every copy would read and write the same object.
 *
 * @param hint what to do about it, as a sentence
 * @throws TransferError `LAGOON_TRANSFER_SAME_BUCKET`
 */
export function refuseSameBucket(
  source: StoreAddress & { bucket: string },
  destination: StoreAddress & { bucket: string },
  hint = 'Use another bucket or endpoint for one of them.',
): void {
  if (!isSameBucket(source, destination)) return
  const { bucket, endpointUrl, region } = source
  const where = endpointUrl ?? (region === undefined ? 'AWS' : `AWS ${region}`)
  const message = `source and destination are the same bucket '${bucket}' at ${where}`
  throw new TransferError('LAGOON_TRANSFER_SAME_BUCKET', message, hint)
}

/** True for the names and addresses by which a machine reaches itself. */
export function isThisMachine(hostname: string): boolean {
  return THIS_MACHINE.test(hostname)
}

function awsPartition(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn'
  return region.includes('us-gov-') ? 'aws-us-gov' : 'aws'
}
