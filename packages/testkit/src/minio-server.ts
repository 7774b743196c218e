export interface ProvideMinioOptions {
  /** Where to keep the data (and leave it); default a temporary directory that `stop()` removes. Rules Docker out. */
  directory?: string
  /** TCP port on 127.0.0.1; default a free one. Rules Docker out. */
  port?: number
  /** More environment for the server, such as `MINIO_API_REQUESTS_MAX`. */
  env?: Record<string, string>
  /** Root user and password; default random ones. */
  credentials?: { accessKeyId: string; secretAccessKey: string }
  /** `process` rules Docker out, as do `directory` and `port`: what a bench wants that measures the server too. Default `any`. */
  via?: 'any' | 'process'
}

export interface MinioServer {
  /** `http://127.0.0.1:port`. */
  url: string
  credentials: { accessKeyId: string; secretAccessKey: string }
  region: string
  /** The server's process, or null when it runs in a container. */
  pid: number | null
  /** Stops the server and removes its temporary data. */
  stop(): Promise<void>
}
