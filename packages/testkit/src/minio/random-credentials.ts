import { randomBytes } from 'node:crypto'

/** Credentials that no other server on this machine has. */
export function randomCredentials(): { accessKeyId: string; secretAccessKey: string } {
  return {
    accessKeyId: `lagoon${randomBytes(6).toString('hex')}`,
    secretAccessKey: randomBytes(20).toString('hex'),
  }
}
