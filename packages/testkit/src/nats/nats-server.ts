export interface ProvideNatsOptions {
  /** JetStream's data directory, which is kept; default a temporary one that `stop()` removes. */
  directory?: string
  /** TCP port on 127.0.0.1; default a free one. */
  port?: number
  /** Additional lines of the server's configuration, such as accounts or TLS. */
  config?: string
  /** Told what the server logs, as it comes. */
  onLog?: (text: string) => void
  /** False for a server without JetStream; default true. */
  jetstream?: boolean
}

export interface NatsServer {
  /** `nats://127.0.0.1:port`. */
  url: string
  /** The server's process, or null for one from the environment. */
  pid: number | null
  /** Kills the server as a crash would; its data stays. */
  kill(): Promise<void>
  /** Starts it again on the same port and data, after {@link kill}. */
  restart(): Promise<void>
  /** Stops the server and removes its temporary data. */
  stop(): Promise<void>
}
