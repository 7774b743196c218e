export interface ProvideMinioOptions {
  /** Data directory, which is kept; default a temporary one that `stop()` removes. Rules Docker out. */
  directory?: string
  /** TCP port on 127.0.0.1; default a free one. Rules Docker out. */
  port?: number
  /** Additional environment of the server, such as `MINIO_API_REQUESTS_MAX`. */
  env?: Record<string, string>
  /** Root user and password; default random ones. */
  credentials?: { accessKeyId: string; secretAccessKey: string }
  /** Serves HTTPS with this key and certificate, PEM; without `authority` the certificate signs itself. Default HTTP. Rules Docker out. */
  tls?: { key: string; cert: string; authority?: string }
  /** `process` rules Docker out, as do `directory`, `port` and `tls`: for a bench that measures the server, too. Default `any`. */
  via?: 'any' | 'process'
}

export interface MinioServer {
  /** `http://127.0.0.1:port`, or with `https`. */
  url: string
  credentials: { accessKeyId: string; secretAccessKey: string }
  region: string
  /** PEM of the authority to trust; only for a server with HTTPS. */
  certificateAuthority?: string
  /** The server's process, or null if it runs in a container. */
  pid: number | null
  /** Stops the server and removes its temporary data. */
  stop(): Promise<void>
}
