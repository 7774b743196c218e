/** Access to one S3 server: everything a client needs, as plain data that can be passed between processes. */
export interface StoreEndpoint {
  /** `http://host:port` or with `https`, no trailing slash, path-style addressing. */
  url: string
  accessKeyId: string
  secretAccessKey: string
  region: string
  /** Of temporary credentials. */
  sessionToken?: string
  /** PEM of the authority to trust instead of the system's. */
  certificateAuthority?: string
}

/** Two servers and their kind. */
export interface StorePair {
  /** `minio`: real servers (or those in the environment); `sandbox`: `@lagoon/s3-sandbox`. */
  kind: 'minio' | 'sandbox'
  source: StoreEndpoint
  destination: StoreEndpoint
}
