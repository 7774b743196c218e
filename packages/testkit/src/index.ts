export { escapeKey, s3Request, type S3Reply, type S3Request } from './s3/s3-request.js'
export {
  bucketDigest,
  objectDigest,
  type BucketDigestOptions,
  type ObjectDigest,
} from './s3/bucket-digest.js'
export { makeCertificate, type Certificate, type CertificateOptions } from './certificate.js'
export { environmentStores } from './environment-stores.js'
export { TestkitError, type TestkitErrorCode } from './errors.js'
export { digestDifferences, expectBucketsEqual, type BucketLocation } from './s3/expect-buckets-equal.js'
export { startFaultProxy, type StoreFaultProxy, type StoreFaultProxyOptions } from './s3/fault-proxy.js'
export { default as freePort } from 'get-port'
export { default as pMap } from 'p-map'
export { datasetBody, datasetBytes, datasetMd5 } from './dataset/body.js'
export {
  datasetObject,
  datasetObjects,
  type DatasetObject,
  type DatasetPlan,
  type DatasetSizes,
} from './dataset/plan.js'
export { decodeListedKey, listKeys } from './s3/list-keys.js'
export { makeDataset, type Dataset, type DatasetOptions } from './dataset/make-dataset.js'
export type { MinioServer, ProvideMinioOptions } from './minio/minio-server.js'
export { endpointOf, provideMinio } from './minio/provide-minio.js'
export type { NatsServer, ProvideNatsOptions } from './nats/nats-server.js'
export { provideNats } from './nats/provide-nats.js'
export { putObjects, type ObjectToPut } from './dataset/put-objects.js'
export { provideStores, type ProvidedStores } from './provide-stores.js'
export { randomAt, seededRandom } from './random.js'
export { s3Client } from './s3/s3-client.js'
export { presignS3 } from './s3/sign.js'
export type { StoreEndpoint, StorePair } from './s3/store-endpoint.js'
export { storePair } from './store-pair.js'
export { createUniqueBucket, uniqueBucket } from './s3/unique-bucket.js'
export { writeManifest, type ManifestRow, type WriteManifestOptions } from './dataset/write-manifest.js'
