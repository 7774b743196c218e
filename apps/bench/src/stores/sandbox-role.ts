import type { Shape } from '@lagoon/s3-sandbox'

/** What a sandbox in a process of its own is told to be. */
export interface SandboxRole {
  shape: Shape
  /** Serves HTTPS with this key and certificate, PEM. */
  tls: { key: string; cert: string } | null
  /** Keys that say a size name objects that are there. */
  makesObjectsUp: boolean
  /** False forgets what is written, but its size and digests. */
  keepBytes: boolean
}
