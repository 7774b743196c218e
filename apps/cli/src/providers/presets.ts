import type { Provider } from './provider.js'

const MIB = 1024 ** 2
const GIB = 1024 ** 3

const r2 = 'https://developers.cloudflare.com/r2'
const b2 = 'https://www.backblaze.com/apidocs'
const gcs = 'https://cloud.google.com/storage/docs'
const minio = 'https://min.io/docs/minio/linux'
const ceph = 'https://docs.ceph.com/en/latest/radosgw/s3'
const spaces = 'https://docs.digitalocean.com/products/spaces'

/** Presets, each fact with the page that documents it. The table in docs/providers.md is generated from them. */
export const providers = {
  aws: {
    title: 'AWS S3',
    endpointUrl: { value: 'aws', link: 'https://docs.aws.amazon.com/general/latest/gr/s3.html' },
    conditionalWrites: {
      value: true,
      link: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html',
    },
  },
  minio: {
    title: 'MinIO',
    endpointUrl: { value: 'own', link: `${minio}/reference/minio-server/minio-server.html` },
    forcePathStyle: {
      value: true,
      link: `${minio}/reference/minio-server/settings/core.html`,
    },
    notes: [
      {
        value: 'virtual-hosted buckets need MINIO_DOMAIN on the server',
        link: `${minio}/reference/minio-server/settings/core.html`,
      },
    ],
  },
  r2: {
    title: 'Cloudflare R2',
    endpointUrl: { value: 'https://{accountId}.r2.cloudflarestorage.com', link: `${r2}/api/s3/api/` },
    region: { value: 'auto', link: `${r2}/api/s3/api/` },
    conditionalWrites: { value: true, link: `${r2}/api/s3/extensions/` },
    limits: {
      value: { equalParts: true, maxSinglePutBytes: 5 * GIB - 5 * MIB },
      link: `${r2}/objects/multipart-objects/`,
    },
    notes: [
      {
        value: 'a bucket in a jurisdiction has its own endpoint; set it',
        link: `${r2}/reference/data-location/`,
      },
      { value: 'no object tags and no ACLs: do not use --copy-tags or --acl', link: `${r2}/api/s3/api/` },
      {
        value:
          'multipart uploads keep only CRC-64/NVME for the whole object; other checksums cover the parts',
        link: `${r2}/api/s3/api/`,
      },
    ],
  },
  b2: {
    title: 'Backblaze B2',
    endpointUrl: {
      value: 'https://s3.{region}.backblazeb2.com',
      link: `${b2}/introduction-to-the-s3-compatible-api`,
    },
    exampleRegion: 'us-west-004',
    conditionalWrites: { value: false, link: `${b2}/s3-put-object` },
    notes: [
      {
        value: 'no object tags and no ACLs per object: do not use --copy-tags or --acl',
        link: 'https://www.backblaze.com/docs/cloud-storage-s3-compatible-api',
      },
      {
        value: 'the master application key does not work; create an application key',
        link: `${b2}/introduction-to-the-s3-compatible-api`,
      },
    ],
  },
  gcs: {
    title: 'Google Cloud Storage',
    endpointUrl: { value: 'https://storage.googleapis.com', link: `${gcs}/aws-simple-migration` },
    region: { value: 'auto', link: `${gcs}/aws-simple-migration` },
    conditionalWrites: { value: false, link: `${gcs}/request-preconditions` },
    notes: [{ value: 'the keys are HMAC keys of a service account', link: `${gcs}/authentication/hmackeys` }],
  },
  wasabi: {
    title: 'Wasabi',
    endpointUrl: {
      value: 'https://s3.{region}.wasabisys.com',
      link: 'https://docs.wasabi.com/docs/what-are-the-service-urls-for-wasabis-different-storage-regions',
    },
    exampleRegion: 'eu-central-1',
    forcePathStyle: { value: true, link: 'https://docs.wasabi.com/docs/rest-api-introduction' },
  },
  ceph: {
    title: 'Ceph Object Gateway',
    endpointUrl: { value: 'own', link: `${ceph}/` },
    forcePathStyle: { value: true, link: `${ceph}/commons/` },
    notes: [
      {
        value: 'virtual-hosted buckets need rgw_dns_name and a DNS wildcard',
        link: `${ceph}/commons/`,
      },
    ],
  },
  hetzner: {
    title: 'Hetzner Object Storage',
    endpointUrl: {
      value: 'https://{region}.your-objectstorage.com',
      link: 'https://docs.hetzner.com/storage/object-storage/overview',
    },
    exampleRegion: 'fsn1',
  },
  scaleway: {
    title: 'Scaleway Object Storage',
    endpointUrl: {
      value: 'https://s3.{region}.scw.cloud',
      link: 'https://www.scaleway.com/en/docs/object-storage/concepts/',
    },
    exampleRegion: 'fr-par',
    limits: {
      value: { maxParts: 1000 },
      link: 'https://www.scaleway.com/en/docs/object-storage/reference-content/optimize-object-storage-performance/',
    },
  },
  digitalocean: {
    title: 'DigitalOcean Spaces',
    endpointUrl: {
      value: 'https://{region}.digitaloceanspaces.com',
      link: 'https://docs.digitalocean.com/reference/api/spaces/',
    },
    exampleRegion: 'nyc3',
    notes: [
      {
        value: 'no server-side copies across regions: use --server-side-copy never',
        link: `${spaces}/reference/s3-compatibility/`,
      },
    ],
  },
} as const satisfies Record<string, Provider>

export type ProviderName = keyof typeof providers

export const providerNames = Object.keys(providers) as ProviderName[]
