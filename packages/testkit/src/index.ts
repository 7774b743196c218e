export { askS3, escapeKey, type Ask, type S3Reply } from './s3/s3-request.js'
export {
  bucketDigest,
  objectDigest,
  type BucketDigestOptions,
  type ObjectDigest,
} from './s3/bucket-digest.js'
export { makeCertificate, type Certificate, type CertificateOptions } from './certificate.js'
export { environmentStores } from './environment-stores.js'
export { TestkitError, type TestkitErrorCode } from './errors.js'
export { digestDifferences, expectBucketsEqual, type BucketPlace } from './s3/expect-buckets-equal.js'
export { startFaultProxy, type StoreFaultProxy, type StoreFaultProxyOptions } from './s3/fault-proxy.js'
export { forEachConcurrently } from './for-each-concurrently.js'
export { freePort } from './free-port.js'
export { lakeBody, lakeBytes, lakeMd5 } from './lake/dataset-body.js'
export {
  lakeObject,
  lakeObjects,
  type LakeObject,
  type LakePlan,
  type LakeSizes,
} from './lake/dataset-plan.js'
export { decodeListedKey, listKeys } from './s3/list-keys.js'
export { makeLake, type Lake, type LakeOptions } from './lake/make-lake.js'
export type { MinioServer, ProvideMinioOptions } from './minio/minio-server.js'
export { endpointOf, provideMinio } from './minio/provide-minio.js'
export { provideStores, type ProvidedStores } from './provide-stores.js'
export { randomAt, seededRandom } from './random.js'
export { s3Client } from './s3/s3-client.js'
export { presignS3, signS3, signedChunks, type SignatureSeed, type ToSign } from './s3/sign-s3.js'
export type { StoreEndpoint, StorePair } from './s3/store-endpoint.js'
export { storePair } from './store-pair.js'
export { createUniqueBucket, uniqueBucket } from './s3/unique-bucket.js'
export { writeManifest, type ManifestRow, type WriteManifestOptions } from './lake/write-manifest.js'
