import { randomBytes } from 'node:crypto'

/** Random credentials, unlike those of any other server on this machine. */
export function randomCredentials(): { accessKeyId: string; secretAccessKey: string } {
  return {
    accessKeyId: `lagoon${randomBytes(6).toString('hex')}`,
    secretAccessKey: randomBytes(20).toString('hex'),
  }
}
